import { UnexpectedAnswerError } from '../errors.js'
import { type Answer, jsonOf, requestIdOf } from '../http/answer.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../http/json.js'
import type { Task } from './task.js'

/** Whether a value is usable as a task: an object with an ID. */
export function isTask(value: JsonValue | undefined): value is JsonObject & Task {
  return isJsonObject(value) && typeof value.id === 'string' && value.id !== ''
}

/**
 * Reads the task in a response.
 *
 * @throws UnexpectedAnswerError if the response is not a task.
 */
export function taskOf(answer: Answer): Task {
  const body = jsonOf(answer)
  if (isTask(body)) return body
  throw new UnexpectedAnswerError("The image service's response is not a task: it has no ID.", {
    requestId: requestIdOf(answer),
    hint: 'Check that the endpoint is the URL of the image service.',
    remedy: { kind: 'diagnose' },
  })
}
