import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  AbortedError,
  AuthenticationError,
  CertificateError,
  ConfigurationError,
  GlanceTasksError,
  ImportError,
  InputError,
} from '../../errors.js'
import { fetcherFor } from '../../session/http-client.js'
import type { CloudConnection } from '../cloud-connection.js'
import { type CloudPlan, sessionOptions, withCloud } from '../connect.js'
import type { Context } from '../context.js'
import { endWith, type Failure, shortened } from '../failures.js'
import { openSource } from '../input/image-source.js'
import { type ListedImage, readImagesFile } from '../input/images-file.js'
import { readFault } from '../input/read-input.js'
import type { WaitPlan } from '../options/wait-options.js'
import { durationText } from '../terminal/amounts.js'
import { printRows, type RowsPlan } from '../terminal/print-rows.js'
import { type Progress, progressFor } from '../terminal/progress.js'
import { annotate, isInGitHub } from './annotations.js'
import { carryOutImport, type ImportOutcome, importOptionsOf } from './carry-out-import.js'
import { type Existing, findExisting } from './existing.js'
import { junitReport } from './junit.js'
import type { ImportSpec } from './plan.js'
import { inPool } from './pool.js'
import type { ImportRow } from './rows.js'

/** An import of the images in a file. */
export interface ManyPlan extends CloudPlan, RowsPlan {
  /** The file that lists the images. */
  from: string
  /** What the command line says about each of them. */
  defaults: ImportSpec
  /** How many to import at a time. */
  parallel: number
  /** The file for a JUnit report. */
  report: string | undefined
  /** How to follow each import. */
  wait: WaitPlan
  /** Only check. */
  dryRun: boolean
}

/**
 * Imports the images in a file, a few at a time, and prints a row for each. Images that exist already are skipped; what an
 * earlier run began is finished. A failure does not stop the others.
 *
 * @throws the failure, or an ExitStatus after reporting all failures.
 */
export async function importMany(context: Context, plan: ManyPlan): Promise<void> {
  const images = await readImagesFile(context, plan.from, plan.defaults)
  const { report } = plan
  if (report !== undefined) await checkWritable(context, report)
  await withCloud(context, plan, async (connection) => {
    if (plan.dryRun) {
      const { dryRunOfMany } = await import('./dry-run.js')
      return dryRunOfMany(context, plan, connection, images)
    }
    const startedAt = { now: context.now(), monotonic: context.monotonic() }
    const results = await importAll(context, plan, connection, images)
    const rows = results.map(({ row }) => row)
    await printRows(
      context,
      plan,
      rows.map(({ code: _, ...row }) => ({ ...row })),
    )
    const failures = failuresOf(results)
    if (report !== undefined) {
      const seconds = secondsSince(context, startedAt.monotonic)
      const xml = junitReport(rows, { file: plan.from, startedAt: startedAt.now, seconds })
      await writeFile(resolve(context.cwd, report), xml).catch((error) =>
        failures.push({ error: unwritable(report, error) }),
      )
    }
    if (isInGitHub(context)) {
      for (const { row, image } of results)
        if (row.outcome === 'failed') annotate(context, row.name, row.message, image.place)
    }
    await endWith(context, plan, failures)
  })
}

/** The result for one image. */
interface Result {
  image: ListedImage
  row: ImportRow
  error?: unknown
}

async function importAll(
  context: Context,
  plan: ManyPlan,
  connection: CloudConnection,
  images: readonly ListedImage[],
): Promise<Result[]> {
  const owner = (await connection.session.login(context.signal)).projectId
  const progress = progressFor(context, plan)
  const summary = new Summary(progress, images.length)
  let stop: { error: unknown } | undefined
  const work = async (image: ListedImage): Promise<Result> => {
    if (stop) return notStarted(image, stop.error)
    const startedAt = context.monotonic()
    summary.start()
    const result = await importListed(context, plan, connection, image, owner, progress)
    if (LASTING.some((kind) => result.error instanceof kind)) stop ??= { error: result.error }
    result.row.seconds = secondsSince(context, startedAt)
    summary.end(result.row)
    return result
  }
  try {
    return await inPool(images, plan.parallel, work)
  } finally {
    progress.stop()
  }
}

/** Errors that all other images would cause as well. */
const LASTING = [AbortedError, AuthenticationError, CertificateError, ConfigurationError]

async function importListed(
  context: Context,
  plan: ManyPlan,
  connection: CloudConnection,
  image: ListedImage,
  owner: string | undefined,
  progress: Progress,
): Promise<Result> {
  try {
    const existing = await findExisting(context, connection, image.plan, owner)
    if (existing.is === 'there')
      return { image, row: rowOf(image, 'skipped', { imageId: existing.imageId, message: existing.why }) }
    return await importOver(context, plan, connection, image, existing, progress)
  } catch (error) {
    if (!(error instanceof GlanceTasksError)) throw error
    return { image, error, row: rowOf(image, 'failed', { message: error.message, code: error.code }) }
  }
}

/** Imports an image, into the record that an earlier run left, if there is one that can be used. */
async function importOver(
  context: Context,
  plan: ManyPlan,
  connection: CloudConnection,
  image: ListedImage,
  existing: Existing,
  progress: Progress,
): Promise<Result> {
  const { spec, source } = image.plan
  const opened = source && (await openSource(context, source))
  const notes: string[] = []
  const fetch = fetcherFor(sessionOptions(context, plan))
  const attempt = (imageId: string | undefined) => {
    const options = importOptionsOf(
      imageId === undefined ? image.plan : { ...image.plan, spec: intoRecord(spec, imageId) },
      opened?.source,
      plan.wait,
    )
    return carryOutImport(context, connection, { ...options, retries: plan.retries, fetch }, (event) => {
      if (event.event === 'notice') progress.note(`${image.name}: ${event.text}`)
    })
  }
  try {
    let outcome: ImportOutcome | undefined
    for (const left of existing.is === 'left' ? existing.records : []) {
      outcome = await attempt(left)
      if (outcome.error?.code !== 'task_state') {
        notes.push(`Finished what an earlier run began.`)
        break
      }
      notes.push(`An earlier run left image ${left}, which cannot be used: ${outcome.error.message}`)
      outcome = undefined
    }
    outcome ??= await attempt(undefined)
    return resultOf(image, outcome, notes)
  } finally {
    opened?.close()
  }
}

/** The spec for an existing record, which has its name and properties already. */
function intoRecord(spec: ImportSpec, image: string): ImportSpec {
  const { name, diskFormat, containerFormat, visibility, property, tag, minDisk, minRam, keepFailed, ...rest } = spec
  return { ...rest, image }
}

function resultOf(
  image: ListedImage,
  { imageId, task, warnings, error }: ImportOutcome,
  notes: readonly string[],
): Result {
  const ids = { imageId: error ? imageLeftBy(error) : imageId, taskId: task?.id }
  if (error) return { image, error, row: rowOf(image, 'failed', { ...ids, message: error.message, code: error.code }) }
  return { image, row: rowOf(image, 'imported', { ...ids, message: [...warnings, ...notes].join(' ') }) }
}

/** The image of a failed import, unless it was deleted. */
function imageLeftBy(error: GlanceTasksError): string | undefined {
  const { remedy } = error
  if (remedy?.kind === 'resume_import' || remedy?.kind === 'delete_image') return remedy.imageId
  return error instanceof ImportError && error.isRecordKept ? error.imageId : undefined
}

interface RowDetails {
  imageId?: string | undefined
  taskId?: string | undefined
  message: string
  code?: string
}

function rowOf(
  { name }: ListedImage,
  outcome: ImportRow['outcome'],
  { imageId, taskId, message, code }: RowDetails,
): ImportRow {
  return { name, outcome, image_id: imageId ?? null, task_id: taskId ?? null, message, seconds: 0, code }
}

function notStarted(image: ListedImage, error: unknown): Result {
  const { message, code } = error as GlanceTasksError
  const reason = error instanceof AbortedError ? 'interrupted' : message
  return { image, error, row: rowOf(image, 'failed', { message: `Not started: ${reason}`, code }) }
}

/** The failures by their message, with the images that they concern. All interrupted imports form one. */
function failuresOf(results: readonly Result[]): Failure[] {
  const groups = new Map<string, { error: unknown; names: string[] }>()
  for (const { error, image } of results) {
    if (error === undefined) continue
    const key = error instanceof AbortedError ? 'aborted' : String((error as Error).message)
    const group = groups.get(key) ?? { error, names: [] }
    group.names.push(image.name)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ error, names }) => {
    if (!(error instanceof AbortedError)) return { error, where: shortened(names) }
    const count = names.length === 1 ? '1 image is' : `${names.length} images are`
    return { error: new AbortedError(`Interrupted: ${count} not imported.`, { cause: error, hint: AGAIN }) }
  })
}

const AGAIN = 'Run the same command again: it skips the images that exist, and finishes what this run began.'

/** Shows how far all imports are. */
class Summary {
  readonly #progress: Progress
  readonly #total: number
  readonly #counts = { imported: 0, skipped: 0, failed: 0 }
  #started = 0

  constructor(progress: Progress, total: number) {
    this.#progress = progress
    this.#total = total
  }

  start(): void {
    this.#started++
    this.#progress.tick(this.#text())
  }

  end({ name, outcome, seconds }: ImportRow): void {
    this.#counts[outcome]++
    const time = outcome === 'skipped' ? '' : ` after ${durationText(seconds * 1000)}`
    this.#progress.note(`[${this.#ended}/${this.#total}] ${name}: ${outcome}${time}`)
    this.#progress.tick(this.#text())
  }

  get #ended(): number {
    return this.#counts.imported + this.#counts.skipped + this.#counts.failed
  }

  #text(): string {
    const { imported, skipped, failed } = this.#counts
    const running = this.#started - this.#ended
    return `${this.#total} images: ${imported} imported, ${skipped} skipped, ${failed} failed, ${running} in progress`
  }
}

function secondsSince(context: Context, startedAt: number): number {
  return Math.round((context.monotonic() - startedAt) / 100) / 10
}

/** Before an hour of imports, not after it. @throws InputError */
async function checkWritable(context: Context, report: string): Promise<void> {
  const path = resolve(context.cwd, report)
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isDirectory()) throw unwritable(report, Object.assign(new Error(), { code: 'EISDIR' }))
  await access(stats ? path : dirname(path), constants.W_OK).catch((error) => {
    throw unwritable(report, error)
  })
}

function unwritable(report: string, error: unknown): InputError {
  const { code } = error as NodeJS.ErrnoException
  const reason = code === 'ENOENT' ? 'its directory does not exist' : readFault(error)
  return new InputError(`The report ${report} cannot be written: ${reason}.`, {
    cause: error,
    hint: 'Name another file.',
  })
}
