import type { Context, OutputStream } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'

// The capabilities of an output stream: colours and redrawing.

/** The assumed width of a terminal that does not report one, such as under `script` or cron. */
export const USUAL_COLUMNS = 80

/** The value of --color. Default: `auto`. */
export interface ColorChoice {
  color?: CommonPlan['color'] | undefined
}

/**
 * Whether a person watches a stream and it can be redrawn: an interactive terminal, in whose foreground the program runs. CI
 * systems may emulate a terminal, but they log every frame.
 */
export function isWatched(context: Pick<Context, 'env' | 'isInBackground'>, stream: OutputStream): boolean {
  return isTerminal(context.env, stream) && !isCi(context.env) && context.isInBackground?.() !== true
}

/**
 * Whether to write colours to a stream. With `auto`: in a terminal, unless NO_COLOR is set, or CI without FORCE_COLOR.
 * `hasColors` evaluates TERM, NO_COLOR and FORCE_COLOR, too; chalk does not.
 */
export function usesColor(
  { env }: Pick<Context, 'env'>,
  stream: OutputStream,
  { color = 'auto' }: ColorChoice,
): boolean {
  if (color !== 'auto') return color === 'always'
  if (!isTerminal(env, stream) || env.NO_COLOR || (isCi(env) && !env.FORCE_COLOR)) return false
  return stream.hasColors?.(env) !== false
}

/** Whether a stream is a terminal that obeys control sequences. */
function isTerminal(env: Context['env'], { isTTY }: OutputStream): boolean {
  return isTTY === true && env.TERM !== 'dumb'
}

function isCi({ CI }: Context['env']): boolean {
  return CI !== undefined && !['', '0', 'false'].includes(CI)
}

/**
 * Whether a terminal can show characters outside ASCII: by the locale, and because the fonts of the Linux console lack many.
 * Windows has no such variables, and macOS sets none in some terminals: there, all terminals can.
 */
export function showsUnicode({ env, platform }: Pick<Context, 'env' | 'platform'>): boolean {
  if (platform === 'win32') return true
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  return env.TERM !== 'linux' && (locale ? /utf-?8/i.test(locale) : platform === 'darwin')
}
