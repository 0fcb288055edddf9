import { randomFrom } from '../../helpers/random.js'
import type { Role, Step } from './exchange.js'
import { TASK_NAMES } from './tasks/index.js'

/** Random requests. None of them creates a task, so they cannot make the two clouds diverge. */
export function randomSteps(seed: number, count: number): Step[] {
  const random = randomFrom(seed)
  const pick = <T>(...things: readonly T[]): T => things[Math.floor(random() * things.length)] as T
  const chance = (share: number) => random() < share
  const upTo = <T>(most: number, make: () => T): T[] => Array.from({ length: Math.floor(random() * (most + 1)) }, make)

  const name = () => `{${pick(...TASK_NAMES)}}`
  const word = () =>
    pick(
      '',
      'a',
      'é',
      'ü ö',
      "it's",
      '"',
      '\\',
      '<b>',
      '&amp;',
      '%',
      '+',
      '😀',
      '\n',
      '\t',
      '0',
      '-1',
      'null',
      'x'.repeat(80),
      'many words that go on and on '.repeat(4),
    )
  const encoded = () =>
    chance(0.8) ? encodeURIComponent(word()) : pick('%', '%zz', '+', '%2B', '%20', '%00', '%7F', 'a=b', '%C3%A9')

  const parameter = (): string =>
    pick<() => string>(
      () =>
        `limit=${pick('0', '1', '2', '5', '10', '25', '1000', '1001', '-1', 'x', '', ' 3', '3 ', '1e1', '007').replaceAll(' ', '%20')}`,
      () => `marker=${pick(name(), name(), name(), 'x', '', '{project}')}`,
      () =>
        `sort_key=${pick('created_at', 'id', 'status', 'type', 'owner', 'image_id', 'user_id', 'request_id', 'deleted_at', 'input', 'bogus', '')}`,
      () => `sort_dir=${pick('asc', 'desc', 'asc', 'desc', 'up', '')}`,
      () => `status=${pick('pending', 'processing', 'success', 'failure', 'bogus', '', 'Success')}`,
      () => `type=${pick('import', 'import', 'api_image_import', 'bogus', '')}`,
      () => `id=${pick(name(), 'x')}`,
      () => `image_id=${pick('some-image', 'hand-made', '5', 'n', 'x', '')}`,
      () => `request_id=${pick('req-{run}-100', 'req-{run}-a', 'x')}`,
      () => `user_id=${pick('{admin_id}', '{member_id}', 'x')}`,
      () => `${pick('foo', 'name', 'deleted', 'é', 'a%20b')}=${encoded()}`,
    )()

  const accept = (): string | undefined => {
    const range = () => {
      const type = pick(
        'application/json',
        'text/html',
        'text/plain',
        '*/*',
        'application/*',
        'text/*',
        'image/png',
        'bogus',
      )
      const details = upTo(2, () =>
        pick(`;q=${pick('0', '0.1', '0.5', '1', '1.0', '0.33', '2', '')}`, ';level=1', ';charset=utf-8', '; q=0.7'),
      )
      return type + details.join('')
    }
    return chance(0.2) ? undefined : upTo(3, range).join(pick(',', ', ', ' , '))
  }

  const value = (depth: number): unknown =>
    pick<() => unknown>(
      word,
      () => pick<unknown>(null, true, false, 0, 1, -7, 1.5, 1e21, 123456789),
      () => (depth > 2 ? [] : upTo(3, () => value(depth + 1))),
      () => (depth > 2 ? {} : Object.fromEntries(upTo(3, () => [word(), value(depth + 1)]))),
    )()

  // The type is never one that Glance knows, so no body creates a task.
  const body = (): unknown => {
    const given: Record<string, unknown> = {}
    if (chance(0.8)) given.type = pick(word(), value(0), 'export')
    if (chance(0.8)) given.input = value(0)
    for (const key of ['id', 'status', 'owner', 'message', 'result', 'expires_at', 'foo', word()]) {
      if (chance(0.15)) given[key] = value(1)
    }
    const text = JSON.stringify(given)
    return chance(0.1) ? text.slice(0, Math.floor(random() * text.length)) : text
  }

  const step = (): Step => {
    const accepted = accept()
    const headers: Record<string, string> = accepted === undefined ? {} : { Accept: accepted }
    const as = pick<Role>('admin', 'admin', 'admin', 'admin', 'member', 'nobody', 'stranger')
    const version = pick('/v2', '/v2', '/v2', '/v2.0', '/v2.15', '/v2.99', '/v1', '')
    return pick<() => Step>(
      () => ({ method: 'GET', path: `/v2/tasks?${['owner={project}', ...upTo(4, parameter)].join('&')}`, as, headers }),
      () => ({
        method: 'POST',
        path: '/v2/tasks',
        as,
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: body(),
      }),
      () => ({
        method: 'GET',
        path: `/v2/tasks/${pick(name(), name(), encodeURIComponent(word() || 'x').replaceAll('.', 'x'))}`,
        as,
        headers,
      }),
      () => ({
        method: pick('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'LOCK'),
        path: `${version}${pick('/schemas/task', '/schemas/tasks', '/schemas/image', '/info/import', '/info/stores', '/nothing', '/', '', '/images/x', '/images/x/tasks', '/tasks/x')}`,
        as,
        headers,
      }),
    )()
  }
  return Array.from({ length: count }, step)
}
