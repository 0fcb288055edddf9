import type { Context } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'
import { isWatched, usesColor } from '../terminal/screen.js'

/**
 * Shows on an animated line how many tasks have been read: the details of thousands of failures take a while. Nothing
 * outside a terminal, because a report does not wait for anything.
 */
export async function whileReading<T>(
  context: Context,
  plan: CommonPlan,
  read: (onCount: (tasks: number) => void) => Promise<T>,
): Promise<T> {
  const { progress, quiet, debug, verbose } = plan
  const isShown = progress === 'auto' && isWatched(context, context.stderr) && !quiet && !debug && !verbose
  if (!isShown) return read(() => {})
  const { Spinner } = await import('../terminal/spinner.js')
  const spinner = new Spinner(context, usesColor(context, context.stderr, plan))
  const show = (tasks: number) => spinner.update(`${tasks} tasks read`)
  show(0)
  try {
    return await read(show)
  } finally {
    spinner.stop()
  }
}
