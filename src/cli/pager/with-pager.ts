import type { Context } from '../context.js'
import { EXIT, ExitStatus } from '../exit-status.js'
import { ReaderGone } from '../terminal/stdout.js'
import { type PagerPlan, pagerCommand } from './pager-command.js'

/**
 * Runs a command whose output may be long. In a terminal, the output goes through the pager. The work ends when the user quits the
 * pager, and that is not a failure.
 */
export async function withPager<Plan extends PagerPlan>(
  context: Context,
  plan: Plan,
  run: (context: Context, plan: Plan) => Promise<void>,
): Promise<void> {
  const command = pagerCommand(context, plan)
  if (command === undefined) return run(context, plan)
  // Starting a process needs code that no other command needs.
  const { Pager } = await import('./pager.js')
  const pager = new Pager(context, command, plan)
  try {
    await run(pager.context, plan)
  } catch (error) {
    if (!pager.wasQuit) throw error
  } finally {
    await pager.close()
  }
  if (pager.wasInterrupted) throw new ExitStatus(EXIT.interrupted)
  if (pager.wasQuit) throw new ReaderGone()
}
