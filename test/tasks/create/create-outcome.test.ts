import { expect, it } from 'vitest'
import {
  AbortedError,
  type ApiError,
  type ApiErrorDetails,
  apiErrorFor,
  CertificateError,
  ConfigurationError,
  ConnectionError,
  InputError,
  TimeoutError,
  UnexpectedAnswerError,
  UsageError,
} from '../../../src/errors.js'
import { markNotExecuted } from '../../../src/http/not-executed.js'
import { type CreateOutcome, outcomeOfCreate } from '../../../src/tasks/create/create-outcome.js'

const ID = 'req-1'

const api = (status: number, details: Partial<ApiErrorDetails>): ApiError => apiErrorFor('No.', { status, ...details })
/** An error response of Glance itself, with the ID of the request. */
const glances = (status: number): ApiError => api(status, { origin: 'service', requestId: ID })
/** An error of the token check, which does not return request IDs. */
const tokenCheck = (status: number): ApiError => api(status, { origin: 'token check' })
const lost = (reason: string, sent: boolean) => new ConnectionError(reason, { reason, sent })

it.each<[string, unknown, CreateOutcome]>([
  ['400 of Glance', glances(400), 'not started'],
  ['403 of Glance', glances(403), 'not started'],
  ['413 of Glance', glances(413), 'not started'],
  ['429 of Glance', glances(429), 'try again'],
  ['503 of Glance', glances(503), 'try again'],
  ['500 of Glance', glances(500), 'failed inside'],
  ['502 of Glance', glances(502), 'failed inside'],
  ['401 from the token check', tokenCheck(401), 'not started'],
  ['503 of the check of the token', tokenCheck(503), 'try again'],
  // A proxy may have forwarded the request, and then return a cached response to another request.
  ['403 from Glance with another request ID', api(403, { origin: 'service', requestId: 'req-2' }), 'unknown'],
  ['503 from Glance without a request ID', api(503, { origin: 'service' }), 'unknown'],
  ['403 of unknown origin with the request ID', api(403, { requestId: ID }), 'unknown'],
  ['429 of nobody known', api(429, {}), 'unknown'],
  ['503 of nobody known', api(503, {}), 'unknown'],
  ['a refused connection', lost('ECONNREFUSED', false), 'try again'],
  ['a connection that took too long', new TimeoutError('slow', { sent: false }), 'try again'],
  ['a host name that does not exist', lost('ENOTFOUND', false), 'not started'],
  ['a proxy that lets nothing through', lost('PROXY_REFUSED', false), 'not started'],
  ['a connection lost after the request was sent', lost('ECONNRESET', true), 'unknown'],
  ['a host name that is lost after the request was sent', lost('ENOTFOUND', true), 'unknown'],
  ['no answer in time', new TimeoutError('slow', { sent: true }), 'unknown'],
  ['a response that is not JSON', new UnexpectedAnswerError('HTML'), 'unknown'],
  ['a failed login', markNotExecuted(new TimeoutError('slow', { sent: true })), 'not started'],
  ['a login that a proxy refuses with 502', markNotExecuted(api(502, {})), 'not started'],
  ['a certificate', new CertificateError('not trusted'), 'not started'],
  ['wrong options', new UsageError('no'), 'not started'],
  ['a wrong setting', new ConfigurationError('no'), 'not started'],
  ['a wrong input', new InputError('no'), 'not started'],
  ['an abort', new AbortedError('no', { sent: true }), 'unknown'],
  ['nothing that was thrown', undefined, 'unknown'],
  ['a bug', new TypeError('x is not a function'), 'unknown'],
])('%s', (_, error, outcome) => {
  expect(outcomeOfCreate(error, ID)).toBe(outcome)
})
