import { describe, expect, test } from 'vitest'
import { resolveCloud } from '../../src/config/resolve.js'
import { openSession } from '../../src/session/session.js'
import { Tasks } from '../../src/tasks/tasks.js'
import { TestClock } from '../helpers/clock.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { forward, IMPORT, sandbox, withToken } from '../helpers/sandbox.js'

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

/** Newest first, as Glance lists them. */
const IDS = ['a', 'b', 'c'].map((letter) => `${letter}0000000-0000-4000-8000-000000000000`)

/** A cloud whose Glance stands at a path of its own; its links know nothing of that, as on real clouds. */
async function cloudWithGlanceAt(path: string, tasksPath: string) {
  const prefix = tasksPath.replace('/v2/tasks', '')
  const cloud = await sandbox({
    tasks: IDS.map((id, i) => ({ id, status: 'pending', created_at: `2026-11-2${3 - i}T00:00:00Z` })),
    script: (asked) =>
      asked.path.endsWith('/auth/tokens')
        ? withToken({ catalog: [imageService(cloud.url + path)] })
        : forward(asked, cloud.url + asked.path.replace(prefix, '')),
  })
  return cloud
}

const imageService = (url: string) => ({ type: 'image', endpoints: [{ interface: 'public', region: 'r', url }] })

describe.each(['the catalog', 'image_endpoint_override'])('an endpoint of %s', (origin) => {
  test.each(ROWS)('ending in %j: list, paging and create', async (path, tasksPath) => {
    const cloud = await cloudWithGlanceAt(path, tasksPath)
    const folder = cloudFolder()
    const override = origin === 'the catalog' ? '' : `image_endpoint_override: "${cloud.url}${path}"`
    const auth = `{auth_url: "${cloud.identityUrl}", username: admin, password: secret, project_name: admin}`
    folder.write('work/clouds.yaml', `clouds:\n  one:\n    auth: ${auth}\n    ${override}\n`)
    const { settings } = await resolveCloud({}, folder.environment)
    const clock = new TestClock()
    const session = await openSession(settings, { clock, environment: folder.environment, userAgent: 'test' })
    const tasks = new Tasks(session, clock)
    const ids = []
    for await (const { id } of tasks.list({ pageSize: 2 })) ids.push(id)
    expect(ids).toEqual(IDS)
    expect(await tasks.create({ type: 'import', input: IMPORT })).toMatchObject({ type: 'import', status: 'pending' })
    await session.close()
    // Nothing is asked but the login and the tasks themselves: no version document, no second guess.
    expect(cloud.asked.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      'POST /identity/v3/auth/tokens',
      `GET ${tasksPath}`,
      `GET ${tasksPath}`,
      `POST ${tasksPath}`,
    ])
  })
})
