import type { Command } from 'commander'
import { UsageError } from '../../errors.js'
import type { Evidence } from '../../explain/evidence.js'
import type { Explanation, Target } from '../../explain/explain.js'
import type { JsonObject } from '../../http/json.js'
import { paletteFor } from '../../output/colour.js'
import { columnsFor, selectColumns, TEXT } from '../../output/columns.js'
import { sectionsText, type TextSection } from '../../output/sections.js'
import { TASK_STATUS } from '../../output/task-columns.js'
import { storedId } from '../../tasks/task-id.js'
import { type CloudPlan, withCloud } from '../connect.js'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { commandHint } from '../hints.js'
import { withImageHint } from '../image-hint.js'
import { parseIds } from '../input/read-ids.js'
import { wholeIds } from '../input/whole-ids.js'
import { cloudOf } from '../options/cloud-options.js'
import { type CommonOptions, commonPlan } from '../options/common-options.js'
import { outputOptions, refuseShell } from '../options/formatting.js'
import { withPager } from '../pager/with-pager.js'
import { probeForCloud } from '../probe-source.js'
import { printRow, type RowsPlan } from '../terminal/print-rows.js'
import { write } from '../terminal/stdout.js'

interface ExplainFlags {
  image?: string
}

const HELP: CommandHelp = {
  examples: [
    'glance-tasks explain ID',
    'glance-tasks explain --image IMAGE_ID   # needs no admin role',
    'glance-tasks explain ID -f json | jq -r .cause.code',
  ],
  details: [
    'The command reads the task, its image, the other tasks of the image, the stores, the quota, the newest images of the project, and the first bytes of the source. It changes nothing. If it cannot read something, it lists this as not checked. The most likely cause comes first; other possible causes follow as evidence.',
    'With -f json or yaml, the command prints one object: {"task","image","cause":{"code","summary"},"evidence":[...],"remedy"}. "task" and "image" are the objects that the server sent, or null. "evidence" is an array of {"what","detail"}.',
    'The exit status is 0 if the command can explain the task, even if the task failed. It is 5 if the task or the image does not exist.',
  ],
  pages: ['troubleshooting.md'],
}

const COLUMNS = columnsFor({ task: TEXT, image: TEXT, cause: TEXT, evidence: TEXT, remedy: TEXT })

/** The columns of -c. */
export const columns = () => COLUMNS.map(({ name }) => name)

/** `glance-tasks explain ID` */
export function define(command: Command, context: Context): void {
  addHelp(command, HELP)
  command
    .argument('[id]', 'a task ID')
    .option('--image <image-id>', 'explain the newest task of this image, or why it has no tasks')
    .action((id: string | undefined) => withPager(context, parse(id, command.optsWithGlobals()), run))
}

/** What to explain, and how to print it. */
export interface ExplainPlan extends CloudPlan, RowsPlan {
  target: Target
  /** Print text for people instead of a row. */
  isText: boolean
}

/** @throws UsageError */
export function parse(id: string | undefined, options: CommonOptions & ExplainFlags): ExplainPlan {
  refuseShell(options)
  return {
    ...commonPlan(options),
    cloud: cloudOf(options),
    target: targetOf(id, options.image),
    columns: selectColumns(COLUMNS, options.column),
    isText: options.format === 'table' && options.column === undefined,
  }
}

function targetOf(id: string | undefined, image: string | undefined): Target {
  if (image === '') throw new UsageError('--image must not be empty.')
  if (id !== undefined && image !== undefined) throw new UsageError('A task ID and --image cannot be used together.')
  if (image !== undefined) return { imageId: storedId(image) }
  if (id === '-') throw new UsageError('explain accepts only one task ID, and not from standard input.')
  const [taskId] = id === undefined ? [] : parseIds([id]).ids
  if (taskId !== undefined) return { taskId }
  throw new UsageError('explain requires a task ID or --image.', {
    hint: 'List the failed tasks with: glance-tasks list --status failure',
  })
}

/** Finds the cause and prints it. */
export async function run(context: Context, plan: ExplainPlan): Promise<void> {
  await withCloud(context, plan, async (connection) => {
    const [{ explain }, probe] = await Promise.all([
      import('../../explain/explain.js'),
      probeForCloud(context, connection.session),
    ])
    const { signal } = context
    const ids = await wholeIds(context, [connection], 'taskId' in plan.target ? [plan.target.taskId] : [])
    const [taskId] = ids
    const target = taskId === undefined ? plan.target : { taskId }
    const explanation = await explain(connection.session, target, { clock: context, probe, signal }).catch(
      async (error) => {
        const [failure] = await withImageHint([{ error }], [connection], ids, 'explain', signal)
        throw failure?.error
      },
    )
    await print(context, plan, explanation)
  })
}

async function print(context: Context, plan: ExplainPlan, explanation: Explanation): Promise<void> {
  const { task, image, cause, evidence } = explanation
  const { code, summary, hint = '' } = cause
  const { inSameCloud } = await import('../terminal/same-cloud.js')
  const remedy = inSameCloud(cause.remedy ? commandHint(cause.remedy, hint) : hint, plan)
  if (plan.isText) {
    const output = outputOptions(context, plan)
    return write(context.stdout, await sectionsText(sectionsOf(explanation, remedy), output, await paletteFor(output)))
  }
  await printRow(context, plan, {
    task: task as JsonObject | null,
    image: image as JsonObject | null,
    cause: { code, summary },
    evidence,
    remedy,
  })
}

function sectionsOf({ task, image, cause, evidence }: Explanation, remedy: string): TextSection[] {
  return [
    ...(task
      ? [
          {
            label: 'Task',
            paragraphs: [{ text: `${task.status}: ${task.id} (${task.type})`, word: task.status, style: TASK_STATUS }],
          },
        ]
      : []),
    ...(image
      ? [{ label: 'Image', paragraphs: [`${image.status}: ${image.id}${image.name ? ` (${image.name})` : ''}`] }]
      : []),
    { label: 'Cause', paragraphs: [`${cause.summary} (${cause.code})`] },
    { label: 'Evidence', paragraphs: evidence.map(lineOf) },
    { label: 'Remedy', paragraphs: [remedy] },
  ]
}

function lineOf({ what, detail }: Evidence): string {
  return `- ${what}: ${detail}`
}
