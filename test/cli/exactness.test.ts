import { describe, expect, it } from 'vitest'
import { run } from '../helpers/cli.js'
import { tokenReply } from '../helpers/fake-cloud.js'
import { type Asked, serve, type Told } from '../helpers/server.js'

/** What the API sends comes out as it is: digit for digit, key for key. */

const INPUT =
  '{"big":12345678901234567890,"small":-9007199254740993,"huge":1e400,"exact":1.10,"zero":-0,"__proto__":{"polluted":true},"constructor":1,"toString":"x","ключ":"ü\\u0000"}'
const ITEM =
  '"id":"t1","type":"import","status":"success","owner":"o","created_at":"2026-11-23T18:09:25Z","updated_at":"2026-11-23T18:09:25Z","new_key":18446744073709551615'
const TASK = `{${ITEM},"input":${INPUT},"message":"","result":null}`

/** A cloud that answers a login, and everything else by a script. */
async function cloud(script: (asked: Asked) => Told) {
  const server = await serve((asked) => {
    if (!asked.path.endsWith('/auth/tokens')) return script(asked)
    const { headers, body } = tokenReply('token', {}, server.url)
    return { status: 201, headers: headers ?? {}, json: body }
  })
  const clouds = `clouds:\n  c:\n    auth: {auth_url: "${server.url}v3", username: u, password: p, project_name: x, user_domain_id: default, project_domain_id: default}\n`
  return { server, glance: (argv: string[]) => run(argv, { clouds }) }
}

const sentTask = () => cloud(({ path }) => ({ text: path.includes('?') ? `{"tasks":[{${ITEM}}]}` : TASK }))

describe('digits and keys', () => {
  it('of a task come out of json and jsonl as they came in', async () => {
    const { glance } = await sentTask()
    expect((await glance(['get', 't1', '-f', 'json', '--noindent'])).stdout).toBe(`${TASK}\n`)
    expect((await glance(['get', 't1', '-f', 'jsonl'])).stdout).toBe(`${TASK}\n`)
    expect((await glance(['wait', 't1', '-f', 'jsonl', '-q'])).stdout).toBe(`${TASK}\n`)
    expect((await glance(['list', '--long', '-f', 'jsonl'])).stdout).toBe(`${TASK}\n`)
    expect((await glance(['list', '-f', 'jsonl'])).stdout).toBe(`{${ITEM}}\n`)
    const several = ['list', '--all-regions', '-f', 'jsonl']
    expect((await glance(several)).stdout).toMatch(
      /^\{"cloud":"c","region":(null|"\w+"),"id".*:18446744073709551615\}\n$/,
    )
    expect({}).not.toHaveProperty('polluted')
  })

  it('and out of yaml', async () => {
    const { glance } = await sentTask()
    const { stdout } = await glance(['get', 't1', '-f', 'yaml'])
    for (const line of ['big: 12345678901234567890', 'small: -9007199254740993', 'huge: 1e400', 'exact: 1.10']) {
      expect(stdout).toContain(`  ${line}\n`)
    }
    expect(stdout).toContain('__proto__:\n    polluted: true\n')
    expect(stdout).toContain('new_key: 18446744073709551615\n')
  })

  it('of an input go out as they were written, and come back', async () => {
    const sent: string[] = []
    const { glance } = await cloud(({ body }) => {
      sent.push(body)
      return { status: 201, text: TASK }
    })
    const { stdout } = await glance(['create', '--type', 'x', '--input', INPUT, '-f', 'jsonl'])
    expect(sent).toEqual([`{"type":"x","input":${INPUT}}`])
    expect(stdout).toBe(`${TASK}\n`)
  })

  it('of which one comes twice: the last counts', async () => {
    const { glance } = await cloud(() => ({
      text: '{"id":"t1","status":"pending","status":"success","n":1,"n":1e400}',
    }))
    expect((await glance(['get', 't1', '-f', 'jsonl'])).stdout).toBe('{"id":"t1","status":"success","n":1e400}\n')
  })
})

describe('a list that breaks off', () => {
  it('is not closed: whoever parses it notices', async () => {
    const { glance } = await cloud(({ query }) =>
      query.has('marker')
        ? { status: 403, json: { message: 'no' } }
        : { text: `{"tasks":[{${ITEM}}],"next":"/v2/tasks?marker=t1"}` },
    )
    for (const argv of [[], ['--all-regions']]) {
      const { status, stdout } = await glance(['list', '-f', 'json', ...argv])
      expect(status).toBe(4)
      expect(stdout).toContain('"id": "t1"')
      expect(() => JSON.parse(stdout)).toThrow(SyntaxError)
    }
  })
})
