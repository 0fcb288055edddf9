import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { KeystoneAdmin } from './helpers/keystone-admin.js'
import { run as runWith } from './helpers/run.js'

/** Task IDs that are shortened, and projects that are given by name, with a real Keystone and Glance. */

const { cloudsYaml } = inject('realCloud')
let clouds = ''
let admin: KeystoneAdmin
const made: string[] = []
const name = `twice-${process.pid}`

beforeAll(async () => {
  clouds = await readFile(cloudsYaml, 'utf8')
  admin = await KeystoneAdmin.of(cloudsYaml, 'real')
  const { domain } = await admin.call('POST', '/domains', { domain: { name: `domain-${process.pid}` } })
  made.push(`/domains/${domain.id}`)
  for (const domain_id of ['default', domain.id]) {
    const { project } = await admin.call('POST', '/projects', { project: { name, domain_id } })
    made.unshift(`/projects/${project.id}`)
  }
})

afterAll(async () => {
  for (const path of made) {
    // Keystone deletes only domains that are disabled.
    if (path.startsWith('/domains')) await admin.call('PATCH', path, { domain: { enabled: false } })
    await admin.call('DELETE', path)
  }
})

const run = (cloud: string, ...argv: string[]) => runWith(argv, { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: cloud })

/** IDs of existing tasks, newest first. */
async function taskIds(): Promise<string[]> {
  const { stdout } = await run('real', 'list', '-f', 'value', '-c', 'id')
  return stdout.trim().split('\n')
}

describe('a shortened ID', () => {
  it('finds its task', async () => {
    const ids = await taskIds()
    const oldest = ids.at(-1) ?? ''
    const short = [8, 12, 20, 35]
      .map((length) => oldest.slice(0, length))
      .find((each) => ids.filter((id) => id.startsWith(each)).length === 1)
    expect(await run('real', 'get', short?.toUpperCase() ?? '', '-f', 'value', '-c', 'id')).toEqual({
      status: 0,
      stdout: `${oldest}\n`,
      stderr: '',
    })
  })

  it('is complete in any letter case', async () => {
    const [id = ''] = await taskIds()
    for (const command of ['get', 'explain']) {
      const { status, stderr } = await run('real', command, id.toUpperCase())
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
    const { status, stderr } = await run('real', 'list', '--marker', id.toUpperCase(), '--limit', '1')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('is refused to a member, who is not allowed to list tasks', async () => {
    const { status, stderr } = await run('member', 'get', '72a7')
    expect(status).toBe(4)
    expect(stderr).toMatch(
      /^error: 72a7 is a shortened ID. To find the complete ID, the command must list all tasks, but this failed: .*tasks_api_access/,
    )
  })

  it('of no task is not found', async () => {
    const { status, stderr } = await run('real', 'get', 'ffffffff-ffff')
    expect(status).toBe(5)
    expect(stderr).toContain('hint: No task has an ID that begins with ffffffff-ffff.')
  })
})

describe('--owner', () => {
  const project = async (cloud: string) => {
    const { clouds: all } = load(clouds) as { clouds: Record<string, { auth: { project_name: string } }> }
    return all[cloud]?.auth.project_name ?? ''
  }

  it('takes the name of a project', async () => {
    const own = await project('real')
    const { status, stdout, stderr } = await run('real', 'list', '--owner', own, '-f', 'value', '-c', 'owner')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set([await admin.idOf('projects', own)]))
  })

  it('lists the candidates if several domains have the name', async () => {
    const { status, stderr } = await run('real', 'list', '--owner', name)
    expect(status).toBe(2)
    expect(stderr.split('\n').slice(0, 3).sort()).toEqual([
      expect.stringMatching(/^ {2}[\da-f]{32} {2}in the domain (Default|domain-\d+)$/),
      expect.stringMatching(/^ {2}[\da-f]{32} {2}in the domain (Default|domain-\d+)$/),
      `error: 2 projects have the name "${name}":`,
    ])
  })

  it('has no tasks if no project has the name, and a warning says so', async () => {
    const { status, stdout, stderr } = await run('real', 'list', '--owner', 'no-such-project', '-f', 'json')
    expect({ status, stdout }).toEqual({ status: 0, stdout: '[]\n' })
    expect(stderr).toContain('warning: No project has the name or ID "no-such-project"')
  })

  it('names the remedy if the user is not allowed to look up projects', async () => {
    const { status, stderr } = await run('member', 'list', '--owner', name)
    expect(status).toBe(4)
    expect(stderr).toMatch(
      /^error: You are not allowed to look up the project .* by its name: .*identity:list_projects/,
    )
    expect(stderr).toContain('hint: Specify the ID of the project.')
  })

  it('finds the own project of a member', async () => {
    // The list of tasks itself is refused.
    const { status, stderr } = await run('member', 'list', '--owner', await project('member'))
    expect(status).toBe(4)
    expect(stderr).toMatch(/^error: .*tasks_api_access/)
  })
})
