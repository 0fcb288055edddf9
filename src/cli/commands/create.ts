import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.js'
import { lacksContainerFormat } from '../../explain/input-causes.js'
import { newRequestId } from '../../http/request-id.js'
import { createBody } from '../../tasks/create/create.js'
import { TASK_TYPES } from '../../tasks/task.js'
import { type CloudPlan, withCloud } from '../connect.js'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { type InputFlags, type InputPlan, inputPlan, readInputOf, usesImportFlags } from '../input/create-input.js'
import { spelled } from '../options/choices.js'
import { cloudOf } from '../options/cloud-options.js'
import { type CommonOptions, commonPlan } from '../options/common-options.js'
import { collect } from '../options/option-values.js'
import { addStartOptions, type StartFlags, type StartPlan, startPlan } from '../options/start-options.js'
import { addWaitOptions } from '../options/wait-options.js'
import { MADE_BY_GLANCE, MADE_BY_HAND, printStarted, startOptions } from '../started.js'
import { printRequest } from '../terminal/print-request.js'
import { type PrintPlan, printPlan } from '../terminal/print-tasks.js'
import { warning } from '../terminal/say.js'

interface CreateCommandOptions extends CommonOptions, StartFlags, InputFlags {
  type?: string
  dryRun?: boolean
}

const HELP: CommandHelp = {
  examples: [
    'glance-tasks create --type import --input file.json',
    'glance-tasks create --type import --input file.json --wait -c result.image_id',
    `glance-tasks create --import-from https://example.org/image.qcow2 \\
  --import-from-format qcow2 --disk-format qcow2 --container-format bare`,
    'jq . file.json | glance-tasks create --type import --input - --dry-run',
  ],
  details: [
    'The command checks the input before it logs in. The image options override the values of --input.',
    'The command starts exactly one task. If it cannot find out whether the task was started, it exits with status 1, and prints the request ID and a command that searches for the task. With --if-unknown resend, it sends the request again. This can start a second task; a warning then shows its ID.',
    'The command prints the started task even if the wait times out or is interrupted.',
  ],
  pages: ['tasks.md'],
}

/** `glance-tasks create` */
export function define(command: Command, context: Context): void {
  command
    .optionsGroup('Task:')
    .option('--type <type>', 'import (default with --import-from), api_image_import, ...')
    .option('--input <file>', 'a JSON or YAML file, - for standard input, or inline JSON')
    .option('--dry-run', 'print the request, but send nothing')
  addStartOptions(command)
  command
    .optionsGroup('Image, for the type import:')
    .option('--import-from <url>', 'the URL of the image file')
    .option('--import-from-format <format>', 'the format of the image file, as in --disk-format')
    .option('--disk-format <format>', 'qcow2, raw, iso, vmdk, vhd, vhdx, vdi, ploop, ami, ari or aki')
    .option('--container-format <format>', 'bare, ova, ovf, docker, compressed, ami, ari or aki')
    .option('--name <name>', 'the name of the image')
    .addOption(new Option('--property <key=value>', 'set another property (repeatable)').argParser(collect))
    .optionsGroup('Wait:')
    .option('--wait', 'wait until the task ends; exit status 3 if it fails')
  addWaitOptions(command)
  addHelp(command, HELP)
  command.action(() => run(context, parse(command.optsWithGlobals())))
}

/** Which task to start, and how. */
export interface CreatePlan extends CloudPlan, StartPlan, PrintPlan {
  input: InputPlan
  /** Print the request and send nothing. */
  dryRun: boolean
}

/** @throws UsageError */
export function parse(options: CreateCommandOptions): CreatePlan {
  const { dryRun = false } = options
  const print = printPlan(options, true)
  const start = startPlan(options)
  if (dryRun && start.wait) throw new UsageError('--dry-run and --wait cannot be used together.')
  const type = knownType(options.type) ?? (usesImportFlags(options) ? 'import' : undefined)
  if (!type)
    throw new UsageError('create requires --type.', { hint: 'To import an image from a URL, use --type import.' })
  const input = inputPlan(type, options)
  return { ...commonPlan(options), cloud: cloudOf(options), ...start, ...print, input, dryRun }
}

/** A type in the spelling of Glance. A newer server may have other types. */
function knownType(type: string | undefined): string | undefined {
  return type && (spelled(type, TASK_TYPES) ?? type)
}

const NO_CONTAINER_FORMAT =
  'image_properties has no container_format, so the task will probably fail. For most images, use: --container-format bare'

/** Starts the task, or prints the request, after reading and checking the input. */
export async function run(context: Context, plan: CreatePlan): Promise<void> {
  const { type } = plan.input
  const input = await readInputOf(context, plan.input)
  if (type === MADE_BY_GLANCE) warning(context, plan, MADE_BY_HAND)
  if (type === 'import' && lacksContainerFormat(input)) warning(context, plan, NO_CONTAINER_FORMAT)
  if (plan.dryRun) return printRequest(context, plan, createBody({ type, input }), newRequestId())

  await withCloud(context, plan, async (connection) => {
    const startedAt = context.monotonic()
    const task = await connection.tasks.create({ type, input, ...startOptions(context, plan, startedAt) })
    await printStarted(context, plan, connection, { tasks: [task], startedAt })
  })
}
