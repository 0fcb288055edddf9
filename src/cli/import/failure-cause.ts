import { AbortedError } from '../../errors.js'
import type { Image } from '../../images/image.js'
import type { ImportOptions } from '../../images/import/import-options.js'
import type { Session } from '../../session/session.js'
import type { Task } from '../../tasks/task.js'
import type { Context } from '../context.js'
import { commandHint } from '../hints.js'
import { probeFrom } from '../probe-source.js'

/** Why a task failed. */
export interface FailureCause {
  /** The cause in one or two sentences. */
  summary: string
  /** What to do about it. */
  advice: string
}

/**
 * Finds the most probable cause of a failed task: the server often says only that there was an internal error. Looks at the
 * source and at the cloud once more. Undefined if nothing can be found out, or the user does not want to wait.
 */
export async function findCause(
  context: Context,
  session: Session,
  task: Task,
  image: Image | undefined,
  fallback: ImportOptions['fallback'],
): Promise<FailureCause | undefined> {
  const [{ explainTask }, probe] = await Promise.all([import('../../explain/explain.js'), probeFrom(context)])
  const { signal } = context
  const explanation = await explainTask(session, { task, image }, { clock: context, probe, signal }).catch((error) => {
    if (!(error instanceof AbortedError)) throw error
  })
  if (explanation === undefined) return undefined
  const { summary, hint = '', remedy } = explanation.cause
  if (remedy?.kind !== 'upload_image') return { summary, advice: remedy ? commandHint(remedy, hint) : hint }
  // This command can do the upload itself, unless it has tried that.
  return { summary, advice: fallback ? hint : commandHint({ kind: 'upload_instead' }, hint) }
}
