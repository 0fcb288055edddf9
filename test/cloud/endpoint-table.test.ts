import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../src/cloud/resolve.js'
import { openSession } from '../../src/cloud/session.js'
import { Tasks } from '../../src/tasks/tasks.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { fakeCloud, type Reply } from '../helpers/fake-cloud.js'

/** What an endpoint may look like, and where its tasks are. */
const ROWS = [
  ['', '/v2/tasks'],
  ['/', '/v2/tasks'],
  ['/v2', '/v2/tasks'],
  ['/v2/', '/v2/tasks'],
  ['/v2.9', '/v2/tasks'],
  ['/image', '/image/v2/tasks'],
  ['/image/v2/', '/image/v2/tasks'],
  ['/dev2/image', '/dev2/image/v2/tasks'],
] as const

/** A Glance that has three tasks, and gives two a page; like the real one its links know of no path before /v2. */
function glance(tasksPath: string) {
  return ({ method, url }: { method: string; url: string }): Reply | undefined => {
    const { pathname, searchParams } = new URL(url, 'http://any')
    if (pathname.endsWith('/auth/tokens')) return undefined
    if (pathname !== tasksPath) return { status: 404, body: { message: `There is nothing at ${pathname}.` } }
    if (method === 'POST') return { status: 201, body: task('new') }
    const rest = searchParams.get('marker') === 'b' ? ['c'] : ['a', 'b']
    const next = rest.includes('b') ? { next: '/v2/tasks?limit=2&marker=b' } : {}
    return { body: { tasks: rest.map(task), first: '/v2/tasks?limit=2', ...next } }
  }
}

const task = (id: string) => ({ id, type: 'import', status: 'pending', owner: 'me', created_at: '', updated_at: '' })

describe.each(['the catalog', 'image_endpoint_override'])('an endpoint of %s', (origin) => {
  test.each(ROWS)('ending in %j: list, paging and create', async (path, tasksPath) => {
    const cloud = await fakeCloud({
      answer: glance(tasksPath),
      catalog: (url) => [{ type: 'image', endpoints: [{ interface: 'public', region: 'r', url: url + path }] }],
    })
    const folder = cloudFolder()
    const override = origin === 'the catalog' ? '' : `image_endpoint_override: "${cloud.url}${path}"`
    const auth = `{auth_url: "${cloud.url}", username: me, password: p}`
    folder.write('work/clouds.yaml', `clouds:\n  one:\n    auth: ${auth}\n    ${override}\n`)
    const { settings } = await resolveCloud({}, folder.environment)
    const clock = new TestClock()
    const session = await openSession(settings, { clock, environment: folder.environment, userAgent: 'test' })
    const tasks = new Tasks(session, clock)
    const ids = []
    for await (const { id } of tasks.list({ pageSize: 2 })) ids.push(id)
    expect(ids).toEqual(['a', 'b', 'c'])
    expect(await tasks.create({ type: 'import', input: {} })).toMatchObject({ id: 'new' })
    await session.close()
    // Nothing is asked but the login and the tasks themselves: no version document, no second guess.
    expect(cloud.seen.map(({ method, url }) => `${method} ${url.split('?')[0]}`)).toEqual([
      'POST /v3/auth/tokens',
      `GET ${tasksPath}`,
      `GET ${tasksPath}`,
      `POST ${tasksPath}`,
    ])
  })
})
