import { NotFoundError, withHint } from '../errors.js'
import { path } from '../http/path.js'
import { pastable } from '../shell-words.js'
import type { CloudConnection } from './cloud-connection.js'
import type { Failure } from './failures.js'

/**
 * Whether the only ID of a command is the ID of an image, if no task has it. If so, the failure says so, and names the command
 * with `--image`. Sends a request only after such a failure.
 */
export async function withImageHint(
  failures: Failure[],
  connections: readonly CloudConnection[],
  ids: readonly string[],
  command: string,
  signal: AbortSignal,
): Promise<Failure[]> {
  const [id, ...others] = ids
  const [failure] = failures
  const error = failure?.error
  if (id === undefined || others.length > 0 || !(error instanceof NotFoundError) || !error.isFromService)
    return failures
  const answers = await Promise.allSettled(
    connections.map(({ session }) => session.request({ method: 'GET', path: path`images/${id}`, retries: 0, signal })),
  )
  if (!answers.some(({ status }) => status === 'fulfilled')) return failures
  const hint = `This is the ID of an image. Use: glance-tasks ${command} --image ${pastable(id, 'ID')}`
  return [{ ...failure, error: withHint(error, hint) }]
}
