import { AbortedError, AuthenticationError, CertificateError, ConfigurationError } from '../../errors.js'
import { fetcherFor } from '../../session/http-client.js'
import { DEFAULT_WAIT_TIMEOUT } from '../../tasks/wait/wait-timeout.js'
import type { CloudConnection } from '../cloud-connection.js'
import { type CloudPlan, sessionOptions, withCloud } from '../connect.js'
import type { Context } from '../context.js'
import { endWith, type Failure, shortened } from '../failures.js'
import { type ListedImage, readImagesFile } from '../input/images-file.js'
import type { WaitPlan } from '../options/wait-options.js'
import type { Progress } from '../progress/events.js'
import { withProgress } from '../progress/progress.js'
import { printRows, type RowsPlan } from '../terminal/print-rows.js'
import { annotate, isInGitHub } from './annotations.js'
import { importListed, type ListedResult, notStarted } from './import-listed.js'
import { junitReport } from './junit.js'
import type { ImportSpec } from './plan.js'
import { inPool } from './pool.js'
import { checkWritable, writeReport } from './report-file.js'
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
  const { report } = plan
  const images = await readImagesFile(context, plan.from, plan.defaults)
  if (report !== undefined) await checkWritable(context, report)
  await withCloud(context, plan, async (connection) => {
    if (plan.dryRun) {
      const { dryRunOfMany } = await import('./dry-run-many.js')
      return dryRunOfMany(context, plan, connection, images)
    }
    const startedAt = { wall: context.now(), monotonic: context.monotonic() }
    const results = await importAll(context, plan, connection, images)
    const rows = results.map(({ row }) => row)
    const failures = failuresOf(results)
    // Before the rows: the reader of stdout may be gone.
    if (report !== undefined) {
      const run = { file: plan.from, startedAt: startedAt.wall, seconds: secondsSince(context, startedAt.monotonic) }
      await writeReport(context, report, junitReport(rows, run)).catch((error) => failures.push({ error }))
    }
    // An annotation is not JSON.
    if (isInGitHub(context) && plan.progress !== 'json') annotateFailures(context, results)
    await printRows(context, plan, rows.map(withoutCode))
    await endWith(context, plan, failures)
  })
}

/** The code is for the report. */
function withoutCode({ code: _, ...row }: ImportRow) {
  return { ...row }
}

function annotateFailures(context: Context, results: readonly ListedResult[]): void {
  for (const { image, row } of results) {
    if (row.outcome === 'failed') annotate(context, row.name, row.message, image.place)
  }
}

async function importAll(
  context: Context,
  plan: ManyPlan,
  connection: CloudConnection,
  images: readonly ListedImage[],
): Promise<ListedResult[]> {
  const { wait, retries } = plan
  const timeout = wait.timeout ?? DEFAULT_WAIT_TIMEOUT
  return withProgress(context, plan, { taskIds: [], total: images.length, of: 'images', timeout }, async (progress) => {
    const { projectId: owner } = await connection.session.login(context.signal)
    const fetch = fetcherFor(sessionOptions(context, plan))
    const shared = { context, connection, owner, wait, retries, fetch, progress }
    const overview = new Overview(progress)
    let stop: { error: unknown } | undefined
    return inPool(images, plan.parallel, async (image) => {
      if (stop) return notStarted(image, stop.error)
      const startedAt = context.monotonic()
      overview.start()
      const result = await importListed(shared, image)
      if (LASTING.some((kind) => result.error instanceof kind)) stop ??= { error: result.error }
      result.row.seconds = secondsSince(context, startedAt)
      overview.end(result.row)
      return result
    })
  })
}

/** Counts the images by outcome, and emits the counts. */
class Overview {
  readonly #progress: Progress
  readonly #counts = { imported: 0, skipped: 0, failed: 0, in_progress: 0 }
  #done = 0

  constructor(progress: Progress) {
    this.#progress = progress
  }

  start(): void {
    this.#counts.in_progress++
    this.#emitCounts()
  }

  end(row: ImportRow): void {
    this.#counts.in_progress--
    this.#counts[row.outcome]++
    this.#progress.emit({ event: 'image_ended', row, done: ++this.#done })
    this.#emitCounts()
  }

  #emitCounts(): void {
    this.#progress.emit({ event: 'counts', counts: { ...this.#counts } })
  }
}

/** Errors that all other images would cause as well. */
const LASTING = [AbortedError, AuthenticationError, CertificateError, ConfigurationError]

/** The failures by their message, with the images that they concern. All interrupted imports form one. */
function failuresOf(results: readonly ListedResult[]): Failure[] {
  const groups = new Map<string, { first: ListedResult; names: string[] }>()
  for (const result of results) {
    const { error, image } = result
    if (error === undefined) continue
    const key = error instanceof AbortedError ? 'aborted' : String((error as Error).message)
    const group = groups.get(key) ?? { first: result, names: [] }
    group.names.push(image.name)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ first: { error, cause }, names }) => {
    if (!(error instanceof AbortedError)) {
      return { error, where: shortened(names), hint: cause && [cause.summary, cause.advice].filter(Boolean).join(' ') }
    }
    const count = names.length === 1 ? '1 image is' : `${names.length} images are`
    return { error: new AbortedError(`Interrupted: ${count} not imported.`, { cause: error, hint: AGAIN }) }
  })
}

const AGAIN =
  'Run the same command again. It skips the images that exist, and completes the imports that this run started.'

function secondsSince(context: Context, startedAt: number): number {
  return Math.round((context.monotonic() - startedAt) / 100) / 10
}
