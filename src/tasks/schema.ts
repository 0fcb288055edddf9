import { UnexpectedAnswerError } from '../errors.js'
import { jsonOf, requestIdOf } from '../http/answer.js'
import { isJsonObject, type JsonObject } from '../http/json.js'
import type { Service } from '../http/service.js'

/**
 * Fetches the JSON schema of a task, as the service publishes it.
 *
 * @throws UnexpectedAnswerError if the response is not a schema, and the errors of Service.request().
 */
export async function getTaskSchema(
  service: Service,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<JsonObject> {
  const answer = await service.request({
    method: 'GET',
    path: 'schemas/task',
    json: true,
    retryStatuses: [500],
    signal,
  })
  const body = jsonOf(answer)
  if (isJsonObject(body) && isJsonObject(body.properties)) return body
  throw new UnexpectedAnswerError("The image service's response is not a schema: it has no properties.", {
    requestId: requestIdOf(answer),
    hint: 'Check that the endpoint is the URL of the image service.',
    remedy: { kind: 'diagnose' },
  })
}
