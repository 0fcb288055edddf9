import { expect, test } from 'vitest'
import { EXIT, exitStatusOf } from '../../src/cli/exit-status.js'
import { EXIT_STATUSES } from '../../src/cli/help/exit-statuses.js'
import {
  AbortedError,
  apiErrorFor,
  CertificateError,
  CommandError,
  ConfigurationError,
  ConnectionError,
  GlanceTasksError,
  ImportError,
  InputError,
  TaskFailedError,
  TaskStateError,
  TimeoutError,
  UnexpectedAnswerError,
  UnknownOutcomeError,
  UsageError,
  WaitTimeoutError,
} from '../../src/errors.js'

const answered = (status: number) => apiErrorFor('no', { status })

test.each<[string, unknown, number]>([
  ['a usage error', new UsageError('api'), 2],
  ['a configuration error', new ConfigurationError('x'), 2],
  ['input that cannot be read', new InputError('x'), 2],
  ['a failed task', new TaskFailedError('x', []), 3],
  ['a failed import', new ImportError('x', { code: 'task_failed', imageId: 'i', isRecordKept: false }), 3],
  ['a wrong checksum', new ImportError('x', { code: 'checksum', imageId: 'i', isRecordKept: false }), 1],
  ['401', answered(401), 4],
  ['403', answered(403), 4],
  ['404', answered(404), 5],
  ['400', answered(400), 1],
  ['409', answered(409), 1],
  ['500', answered(500), 1],
  ['501', answered(501), 1],
  ['429', answered(429), 6],
  ['502', answered(502), 6],
  ['503', answered(503), 6],
  ['504', answered(504), 6],
  ['a lost connection', new ConnectionError('x'), 6],
  ['a timeout', new TimeoutError('x'), 6],
  ['a certificate that is not trusted', new CertificateError('x'), 6],
  ['a wait that timed out', new WaitTimeoutError('x', []), 124],
  ['an interruption', new AbortedError(), 130],
  ['a command that does not exist', new CommandError('x', { isMissing: true }), 127],
  ['a command that cannot run', new CommandError('x', { isMissing: false }), 126],
  ['an unknown outcome', new UnknownOutcomeError('x', 'req-1'), 1],
  ['a task in the wrong state', new TaskStateError('x'), 1],
  ['an unexpected answer', new UnexpectedAnswerError('x'), 1],
  ['another error of this program', new GlanceTasksError('output', 'x'), 1],
  ['an internal error', new TypeError('x'), 1],
])('%s', (_, error, status) => {
  expect(exitStatusOf(error)).toBe(status)
})

test('the help lists every exit status', () => {
  expect(EXIT_STATUSES.map(([status]) => status)).toEqual(Object.values(EXIT))
})
