import type { Context } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'
import { isWatched, usesColor } from '../terminal/screen.js'
import type { Progress, StartedEvent } from './events.js'

/** The options that decide how progress is shown. */
export type ProgressPlan = Partial<Pick<CommonPlan, 'progress' | 'quiet' | 'debug' | 'verbose' | 'color' | 'format'>>

/** Shows the progress of `work`, which emits the events after `started`. */
export async function withProgress<T>(
  context: Context,
  plan: ProgressPlan,
  started: Omit<StartedEvent, 'event'>,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = await rendererFor(context, plan, started)
  try {
    progress.emit({ event: 'started', ...started })
    return await work(progress)
  } finally {
    progress.stop()
  }
}

/** Chooses how to show progress: with `auto`, a spinner or a table in a terminal, and lines elsewhere. */
async function rendererFor(
  context: Context,
  plan: ProgressPlan,
  { of, total }: Pick<StartedEvent, 'of' | 'total'>,
): Promise<Progress> {
  const { progress = 'auto', quiet } = plan
  if (quiet || progress === 'none') return { emit() {}, stop() {} }
  if (progress === 'json') return new (await import('./json-lines.js')).JsonLines(context)
  // A trace would tear an animation apart.
  const isAnimated = isWatched(context, context.stderr) && !plan.debug && !plan.verbose
  if (progress === 'plain' || !isAnimated) return new (await import('./lines.js')).Lines(context)
  if (of === 'tasks' && total > 1) return tableProgress(context, plan)
  const { SpinnerProgress } = await import('./spinner-progress.js')
  return new SpinnerProgress(context, usesColor(context, context.stderr, plan))
}

/** The table of a wait for several tasks. */
async function tableProgress(context: Context, plan: ProgressPlan): Promise<Progress> {
  const [{ TableProgress }, { brushFor }] = await Promise.all([
    import('./table-progress.js'),
    import('../terminal/live/brush.js'),
  ])
  // The command prints a table of the ended tasks to the same terminal.
  const keepsTable = plan.format !== 'table' || context.stdout.isTTY !== true
  const brush = await brushFor({ color: usesColor(context, context.stderr, plan) })
  return new TableProgress(context, { brush, keepsTable })
}
