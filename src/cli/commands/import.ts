import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import { columnsFor, ID, PROSE, STATUS, selectColumns, TEXT } from '../../output/columns.js'
import { TASK_COLUMN_NAMES } from '../../output/task-columns.js'
import type { CloudPlan } from '../connect.js'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import type { ManyPlan } from '../import/many.js'
import type { OnePlan } from '../import/one.js'
import { type ImportSpec, type Origin, planImport } from '../import/plan.js'
import { fileKeyOf, optionOf } from '../import/spec-words.js'
import { cloudOf } from '../options/cloud-options.js'
import { commonPlan } from '../options/common-options.js'
import { refuseShell } from '../options/formatting.js'
import { addImportOptions, type ImportCommandOptions } from '../options/import-options.js'
import { parseProperties } from '../options/properties.js'
import { optionalWaitPlan, waitPlan } from '../options/wait-options.js'
import { printPlan } from '../terminal/print-tasks.js'

const HELP: CommandHelp = {
  examples: [
    'glance-tasks import https://example.org/debian.qcow2 --name debian-13 --wait',
    'glance-tasks import debian.qcow2 --name debian-13 --wait',
    'glance-tasks import --from images.yaml --parallel 8 --report images.xml',
    `curl -fL https://example.org/debian.qcow2.xz | xz -d \\
  | glance-tasks import - --name debian-13 --property os_distro=debian --wait`,
    `glance-tasks import https://example.org/debian.qcow2 --name debian-13 \\
  --all-stores --allow-partial --wait`,
    'glance-tasks import --image IMAGE_ID --method copy-image --store ceph --wait',
    'glance-tasks import --image IMAGE_ID --from-region RegionOne --name debian-13 --wait',
    'glance-tasks import --image IMAGE_ID --wait   # resume an interrupted import',
  ],
  details: [
    'An import needs no admin role. If the source is a URL, the server downloads it (web-download). If it is a file or standard input, the command uploads the data (glance-direct). Like create, the command prints the task even if the import fails, times out or is interrupted.',
    'If the import fails, the command deletes the image that it created, unless you use --keep-failed.',
    '--timeout and --stall-timeout count from the start of the import, after the command has read and uploaded the data. They do not limit a command that waits for its standard input.',
    '--image IMAGE_ID alone resumes an interrupted import. With a source, the command imports into this existing image, which must be queued. With --method copy-image or --from-region, --image is the image to copy. With --from-region and a source, the source is the image to copy, and --image is the image to import into.',
    'With --from, the command prints one row per image, and skips images that already exist. The other options apply to every image.',
  ],
  pages: ['import.md'],
}

/** `glance-tasks import [SOURCE]` */
export function define(command: Command, context: Context): void {
  command.argument('[source]', 'a URL, a file, or - for standard input; with --from-region, an image ID')
  addImportOptions(command)
  addHelp(command, HELP)
  command.action((source?: string) => run(context, parse(source, command.optsWithGlobals(), context.cwd)))
}

/** An import of one image, or of the images in a file. */
export type ImportCommandPlan = OnePlan | ManyPlan

const OUTCOME = { ...STATUS, colours: { imported: 'green', skipped: 'dim', failed: 'red' } } as const
const ROW_COLUMNS = columnsFor(
  { name: TEXT, outcome: OUTCOME, image_id: ID, task_id: ID, message: PROSE, seconds: TEXT },
  ['task_id', 'image_id'],
)

const CHECK_STATUS = { ...STATUS, colours: { ok: 'green', warning: 'yellow', failed: 'red', unknown: 'dim' } } as const
const CHECK_COLUMNS = columnsFor({ check: TEXT, status: CHECK_STATUS, detail: PROSE, hint: PROSE })

const PLANNED = { ...STATUS, colours: { import: 'green', continue: 'cyan', skip: 'dim', fail: 'red' } } as const
const PLANNED_COLUMNS = columnsFor({ name: TEXT, action: PLANNED, method: TEXT, image_id: ID, message: PROSE }, [
  'image_id',
])

/** The columns of -c: those of a task, of the images of a file, or of a dry run. */
export function columns({ from, dryRun }: Pick<ImportCommandOptions, 'from' | 'dryRun'>): readonly string[] {
  const rows = from === undefined ? dryRun && CHECK_COLUMNS : dryRun ? PLANNED_COLUMNS : ROW_COLUMNS
  return rows ? rows.map(({ name }) => name) : TASK_COLUMN_NAMES
}

/**
 * @param directory where relative paths start
 * @throws UsageError
 */
export function parse(source: string | undefined, flags: ImportCommandOptions, directory: string): ImportCommandPlan {
  const shared = { ...commonPlan(flags), cloud: cloudOf(flags) }
  return flags.from === undefined
    ? parseOne(source, flags, shared, directory)
    : parseMany(source, flags, shared, flags.from)
}

function parseOne(
  source: string | undefined,
  flags: ImportCommandOptions,
  shared: CloudPlan,
  directory: string,
): OnePlan {
  const { parallel, report, dryRun } = flags
  const requiresFile = parallel !== undefined ? '--parallel' : report !== undefined ? '--report' : undefined
  if (requiresFile !== undefined) {
    throw new UsageError(`${requiresFile} requires --from.`, {
      hint: 'Specify a file that lists images: --from images.yaml',
    })
  }
  const wait = optionalWaitPlan(flags)
  // A dry run checks a command whether it waits or not.
  const origin: Origin = { word: optionOf, directory, isFollowed: wait !== undefined || dryRun === true }
  const image = planImport({ ...specOf(flags), ...(source !== undefined && { source }) }, origin)
  if (!dryRun) return { ...shared, ...printPlan(flags, true), image, wait }
  refuseShell(flags)
  const checks = selectColumns(CHECK_COLUMNS, flags.column)
  return { ...shared, isOne: true, chosen: undefined, image, wait, checks }
}

/** What only one image can have. */
const OWN_KEYS = ['name', 'image', 'method', 'fromRegion', 'checksum'] as const
const DEFAULT_PARALLEL = 4

function parseMany(source: string | undefined, flags: ImportCommandOptions, shared: CloudPlan, from: string): ManyPlan {
  const { parallel = DEFAULT_PARALLEL, report, dryRun = false } = flags
  if (source !== undefined) {
    throw new UsageError('SOURCE and --from cannot be used together.', {
      hint: 'Add the image to the file, or remove --from.',
    })
  }
  const own = OWN_KEYS.find((key) => flags[key] !== undefined)
  if (own !== undefined) {
    throw new UsageError(`${optionOf(own)} and --from cannot be used together.`, {
      hint: `Set ${fileKeyOf(own)} for each image in ${from}.`,
    })
  }
  if (report === '') throw new UsageError('--report must not be empty.')
  if (dryRun && report !== undefined) throw new UsageError('--dry-run and --report cannot be used together.')
  refuseShell(flags)
  const columns = selectColumns(dryRun ? PLANNED_COLUMNS : ROW_COLUMNS, flags.column)
  return { ...shared, from, defaults: specOf(flags), parallel, report, dryRun, columns, wait: waitPlan(flags) }
}

/** What the options say about an image. */
function specOf(flags: ImportCommandOptions): ImportSpec {
  const { image, method, fromRegion, name, diskFormat, containerFormat, visibility, tag, minDisk, minRam } = flags
  const { store, allStores, allowPartial, checksum, keepFailed, fallback, retryImport, stallTimeout } = flags
  const property = flags.property && parseProperties(flags.property)
  const record = {
    image,
    method,
    fromRegion,
    name,
    diskFormat,
    containerFormat,
    visibility,
    property,
    tag,
    minDisk,
    minRam,
  }
  const all = { ...record, store, allStores, allowPartial, checksum, keepFailed, fallback, retryImport, stallTimeout }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** Imports the image or the images, or only checks them. */
export async function run(context: Context, plan: ImportCommandPlan): Promise<void> {
  if ('from' in plan) return (await import('../import/many.js')).importMany(context, plan)
  return (await import('../import/one.js')).importOne(context, plan)
}
