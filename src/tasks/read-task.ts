import { UnexpectedAnswerError } from '../errors.js'
import { type Answer, jsonOf, requestIdOf } from '../http/answer.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../http/json.js'
import type { Task } from './task.js'

/** Whether a value is a task as far as anything can be done with it: an object with an id. */
export function isTask(value: JsonValue | undefined): value is JsonObject & Task {
  return isJsonObject(value) && typeof value.id === 'string' && value.id !== ''
}

/**
 * The task that an answer holds.
 *
 * @throws UnexpectedAnswerError when it holds none.
 */
export function taskOf(answer: Answer): Task {
  const body = jsonOf(answer)
  if (isTask(body)) return body
  throw new UnexpectedAnswerError('The image service answered with what is not a task (it has no id).', {
    requestId: requestIdOf(answer),
    hint: 'Check that the endpoint is that of the Image service.',
    remedy: { kind: 'diagnose' },
  })
}
