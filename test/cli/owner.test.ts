import { describe, expect, it } from 'vitest'
import { run } from '../helpers/cli.js'
import { createTask, login, sandbox, type TestSandboxOptions } from '../helpers/sandbox.js'

/** A cloud with a task of the project `admin`. */
async function cloud(options: TestSandboxOptions = {}) {
  const started = await sandbox({ openTasks: true, ...options })
  const { json } = await createTask(started, await login(started))
  started.asked.length = 0
  const list = (owner: string, name = 'sandbox', ...more: string[]) =>
    run(['list', '--owner', owner, '-f', 'value', '-c', 'id', ...more], {
      clouds: started.cloudsYaml,
      env: { OS_CLOUD: name },
    })
  return { ...started, list, id: json.id as string, project: json.owner as string }
}

describe('--owner', () => {
  it('accepts the name of a project', async () => {
    const { list, id, to, asked } = await cloud()
    expect(await list('admin')).toEqual({ status: 0, stdout: `${id}\n`, stderr: '' })
    expect(await list('demo')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(to('/identity/v3/projects').map(({ query }) => query.get('name'))).toEqual(['admin', 'demo'])
    // The token went to Keystone and to Glance only.
    expect(asked.every(({ path }) => path.startsWith('/identity/v3/') || path.startsWith('/v2/tasks'))).toBe(true)
  })

  it('sends no further request for an ID', async () => {
    const { list, id, project, asked } = await cloud()
    expect((await list(project)).stdout).toBe(`${id}\n`)
    expect((await list(project.toUpperCase())).stdout).toBe(`${id}\n`)
    expect((await list('72a7c77f-5e93-4d48-903b-f98a6f7ec65d')).stdout).toBe('')
    expect(asked.filter(({ path }) => path.includes('projects'))).toEqual([])
  })

  it('accepts an ID in another format', async () => {
    const { list } = await cloud({
      script: ({ path }) => {
        if (path.startsWith('/identity/v3/projects?')) return { json: { projects: [] } }
        if (path === '/identity/v3/projects/odd-id') return { json: { project: { id: 'odd-id' } } }
        return undefined
      },
    })
    expect(await list('odd-id')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('has no tasks if no project has the name, and a warning says so', async () => {
    const { list } = await cloud()
    const { status, stdout, stderr } = await list('nobody')
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toContain(
      'warning: No project has the name or ID "nobody". List the projects with: openstack project list\n',
    )
  })

  it('lists the projects of several domains that have the same name', async () => {
    const projects = ['default', 'd2', 'd3'].map((domain_id, i) => ({ id: `${i}`.repeat(32), name: 'same', domain_id }))
    const { list } = await cloud({
      script: ({ path }) => {
        if (path.startsWith('/identity/v3/projects?')) return { json: { projects } }
        if (path === '/identity/v3/domains/d2') return { json: { domain: { id: 'd2', name: 'Second' } } }
        if (path === '/identity/v3/domains/d3') return { status: 403, json: { error: { message: 'No.' } } }
        return undefined
      },
    })
    const { status, stderr } = await list('same')
    expect(status).toBe(2)
    expect(stderr).toBe(
      'error: 3 projects have the name "same":\n' +
        `  ${'0'.repeat(32)}  in the domain default\n` +
        `  ${'1'.repeat(32)}  in the domain Second\n` +
        `  ${'2'.repeat(32)}  in the domain d3\n` +
        'hint: Specify one of these IDs: --owner ID\n',
    )
  })

  it('names ten of many projects, with a request for the domain of each of these', async () => {
    const projects = Array.from({ length: 300 }, (_, i) => ({ id: `p${i}`, name: 'same', domain_id: `d${i}` }))
    const { list, asked } = await cloud({
      script: ({ path }) => (path.startsWith('/identity/v3/projects?') ? { json: { projects } } : undefined),
    })
    const { stderr } = await list('same')
    expect(stderr.split('\n').slice(0, 12)).toEqual([
      'error: 300 projects have the name "same":',
      ...projects.slice(0, 10).map(({ id, domain_id }) => `  ${id}  in the domain ${domain_id}`),
      '  and 290 more',
    ])
    expect(asked.filter(({ path }) => path.includes('/domains/'))).toHaveLength(10)
  })

  it('finds the projects of a user who is not allowed to list all projects', async () => {
    const { list, to } = await cloud()
    expect(await list('demo', 'sandbox-member')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(to('/v2/tasks')[0]?.query.get('owner')).toMatch(/^[\da-f]{32}$/)
    const { status, stderr } = await list('admin', 'sandbox-member')
    expect(status).toBe(4)
    expect(stderr).toMatch(
      /^error: You are not allowed to look up the project "admin" by its name: You are not authorized .*\(HTTP 403, /,
    )
    expect(stderr).toMatch(/\nhint: Specify the ID of the project\. .*: openstack project show admin -f value -c id\n$/)
  })

  it('is an ID if there is no Keystone', async () => {
    const { url } = await cloud()
    const clouds = `clouds: {here: {auth_type: none, image_endpoint_override: "${url}"}}`
    const { stderr } = await run(['list', '--owner', 'demo'], { clouds })
    expect(stderr).toContain('warning: --owner demo is used as an ID, because this cloud has no Keystone')
  })

  it('is looked up in each cloud', async () => {
    const one = await cloud()
    const { stdout } = await one.list('admin', 'sandbox', '--os-cloud', 'sandbox', '--os-cloud', 'sandbox-app')
    expect(stdout).toBe(`${one.id}\n${one.id}\n`)
    expect(one.to('/identity/v3/projects')).toHaveLength(2)
  })
})
