import type { Command } from 'commander'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { cloudSelections } from '../options/cloud-options.js'
import { type CommonOptions, type CommonPlan, commonPlan } from '../options/common-options.js'
import { inform } from '../terminal/say.js'

const HELP: CommandHelp = {
  examples: [
    'glance-tasks logout',
    'glance-tasks logout --os-cloud prod   # only the tokens of this cloud',
    'glance-tasks logout -q',
  ],
  details: ['Without --os-cloud, the command deletes the tokens of all clouds.'],
  pages: ['configuration.md'],
}

/** `glance-tasks logout` */
export function define(command: Command, context: Context): void {
  addHelp(command, HELP)
  command.action(() => run(context, parse(command.optsWithGlobals())))
}

/** Which tokens to delete. */
export interface LogoutPlan extends CommonPlan {
  /** Only the tokens of these clouds; undefined: all tokens. */
  clouds: string[] | undefined
}

/** What the options select. */
export function parse(options: CommonOptions): LogoutPlan {
  const clouds = cloudSelections(options).flatMap(({ cloud }) => cloud ?? [])
  return { ...commonPlan(options), clouds: clouds.length > 0 ? clouds : undefined }
}

/** Deletes the tokens and says how many. */
export async function run(context: Context, plan: LogoutPlan): Promise<void> {
  const { forgetTokens } = await import('../../identity/tokens/forget-tokens.js')
  const count = await forgetTokens(context, plan.clouds)
  if (!plan.quiet) inform(context, plan, 'info', count === 1 ? 'Deleted 1 token.' : `Deleted ${count} tokens.`)
}
