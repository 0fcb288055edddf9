import type { Context } from '../context.js'
import { caution, type MessagePlan, warning } from '../terminal/say.js'
import type { ColorChoice } from '../terminal/screen.js'

/** Called with the warnings of a list, and with the ID of the task that lacks its details. */
export type OnListWarning = (text: string, taskId?: string) => void

/** Prints the warnings of a list: that tasks may be missing also with --quiet. Missing details are an error in the end, too. */
export function listWarnings(context: Context, plan: MessagePlan & ColorChoice): OnListWarning {
  return (text, taskId) => (taskId === undefined ? caution : warning)(context, plan, text)
}
