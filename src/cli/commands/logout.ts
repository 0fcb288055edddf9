import type { Command } from 'commander'
import type { Context } from '../context.js'
import { cloudSelections } from '../options/cloud-options.js'
import type { CommonOptions } from '../options/common-options.js'
import { say } from '../terminal/say.js'

const EXAMPLES = `
Examples:
  glance-tasks logout
  glance-tasks logout --os-cloud prod           # only the tokens of this cloud
  glance-tasks logout -q`

/** `glance-tasks logout` */
export function define(command: Command, context: Context): void {
  command.addHelpText('after', EXAMPLES).action(() => logout(context, command.optsWithGlobals()))
}

async function logout(context: Context, options: CommonOptions): Promise<void> {
  const clouds = cloudSelections({ ...options }).flatMap(({ cloud }) => cloud ?? [])
  const { forgetTokens } = await import('../../identity/tokens/forget-tokens.js')
  const count = await forgetTokens(context, clouds.length > 0 ? clouds : undefined)
  if (!options.quiet) say(context, count === 1 ? 'Deleted 1 token.' : `Deleted ${count} tokens.`)
}
