import type { Context } from '../context.js'
import type { MessagePlan } from '../terminal/say.js'
import { type ColorChoice, isWatched } from '../terminal/screen.js'

/** The part of a plan that the pager needs: --no-pager, and how to print a warning. */
export interface PagerPlan extends MessagePlan, ColorChoice {
  pager?: boolean | undefined
}

/** The command line of a pager, and the variable that sets it; undefined for the default. */
export interface PagerCommand {
  command: string
  variable?: 'GLANCE_TASKS_PAGER' | 'PAGER'
}

/**
 * The pager for the output: GLANCE_TASKS_PAGER, PAGER, or less. There is none with --no-pager, if stdout is not a terminal
 * that a person watches, or if the variable is empty or `cat`.
 */
export function pagerCommand(
  context: Pick<Context, 'env' | 'stdout' | 'platform' | 'isInBackground'>,
  { pager = true }: Pick<PagerPlan, 'pager'>,
): PagerCommand | undefined {
  const { env, platform } = context
  if (!pager || !isWatched(context, context.stdout)) return undefined
  const variable = (['GLANCE_TASKS_PAGER', 'PAGER'] as const).find((name) => env[name] !== undefined)
  // Windows has no usual pager that can show colours.
  if (variable === undefined) return platform === 'win32' ? undefined : { command: 'less' }
  const command = env[variable]?.trim() ?? ''
  return command === '' || command === 'cat' ? undefined : { command, variable }
}

/**
 * The environment of the pager, as git sets it: less ends if all fits on the screen, and shows colours. LESSCHARSET is set because
 * our output is UTF-8 in every locale; less would show escapes instead.
 */
export function pagerEnvironment(env: Context['env']): Context['env'] {
  return { ...env, LESS: env.LESS ?? 'FRX', LV: env.LV ?? '-c', LESSCHARSET: env.LESSCHARSET ?? 'utf-8' }
}

/**
 * The words of a pager's command line; undefined if it needs a shell. On Windows, it needs none: a word with spaces is in
 * double quotes, and everything else is text.
 */
export function pagerWords(command: string, platform: NodeJS.Platform): string[] | undefined {
  if (platform === 'win32')
    return Array.from(command.matchAll(/"([^"]*)"|[^\s"]+/g), ([word, quoted]) => quoted ?? word)
  return /[^\w\s./@:,+-]/.test(command) ? undefined : command.split(/\s+/)
}
