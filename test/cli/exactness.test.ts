import { describe, expect, it } from 'vitest'
import { run } from '../helpers/cli.js'
import { type ReceivedRequest, type ScriptedAnswer, sandbox, type TestSandboxOptions } from '../helpers/sandbox.js'

/** What the API sends comes out as it is: digit for digit, key for key. */

const INPUT =
  '{"big":12345678901234567890,"small":-9007199254740993,"huge":1e400,"exact":1.10,"zero":-0,"__proto__":{"polluted":true},"constructor":1,"toString":"x","ключ":"ü\\u0000"}'
const ITEM =
  '"id":"72a7c77f-5e93-4d48-903b-f98a6f7ec65d","type":"import","status":"success","owner":"o","created_at":"2026-11-23T18:09:25Z","updated_at":"2026-11-23T18:09:25Z","new_key":18446744073709551615'
const TASK = `{${ITEM},"input":${INPUT},"message":"","result":null}`

/** A cloud whose Glance answers by a script: a real one sends no such digits. */
async function cloud(script: (asked: ReceivedRequest) => ScriptedAnswer | undefined, options: TestSandboxOptions = {}) {
  const { cloudsYaml: clouds } = await sandbox({
    ...options,
    script: (asked) => (asked.path.startsWith('/v2/') ? script(asked) : undefined),
  })
  return { glance: (argv: string[]) => run(argv, { clouds, env: { OS_CLOUD: 'sandbox' } }) }
}

const sentTask = () => cloud(({ path }) => ({ text: path.includes('?') ? `{"tasks":[{${ITEM}}]}` : TASK }))

describe('digits and keys', () => {
  it('of a task come out of json and jsonl as they came in', async () => {
    const { glance } = await sentTask()
    expect((await glance(['get', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', 'json', '--noindent'])).stdout).toBe(
      `${TASK}\n`,
    )
    expect((await glance(['get', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', 'jsonl'])).stdout).toBe(`${TASK}\n`)
    expect((await glance(['wait', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', 'jsonl', '-q'])).stdout).toBe(
      `${TASK}\n`,
    )
    expect((await glance(['list', '--long', '-f', 'jsonl'])).stdout).toBe(`${TASK}\n`)
    expect((await glance(['list', '-f', 'jsonl'])).stdout).toBe(`{${ITEM}}\n`)
    const several = ['list', '--all-regions', '-f', 'jsonl']
    expect((await glance(several)).stdout).toMatch(
      /^\{"cloud":"sandbox","region":"RegionOne","id".*:18446744073709551615\}\n$/,
    )
    expect({}).not.toHaveProperty('polluted')
  })

  it('and out of yaml', async () => {
    const { glance } = await sentTask()
    const { stdout } = await glance(['get', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', 'yaml'])
    for (const line of ['big: 12345678901234567890', 'small: -9007199254740993', 'huge: 1.0e+400', 'exact: 1.10']) {
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

  it('with a repeated key: the last value is used', async () => {
    const { glance } = await cloud(() => ({
      text: '{"id":"72a7c77f-5e93-4d48-903b-f98a6f7ec65d","status":"pending","status":"success","n":1,"n":1e400}',
    }))
    expect((await glance(['get', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-f', 'jsonl'])).stdout).toBe(
      '{"id":"72a7c77f-5e93-4d48-903b-f98a6f7ec65d","status":"success","n":1e400}\n',
    )
  })
})

describe('NaN and Infinity, which Python writes into JSON', () => {
  const input = '{"n":NaN,"list":[-Infinity,Infinity],"text":"NaN"}'
  const task = TASK.replace(INPUT, input).replace('"success"', '"failure"')
  const formatted = async (...argv: string[]) => {
    const { glance } = await cloud(() => ({ text: task }))
    return (await glance(['get', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', ...argv])).stdout
  }

  it('are text in json, which stays JSON', async () => {
    const expected = { n: 'NaN', list: ['-Infinity', 'Infinity'], text: 'NaN' }
    expect(JSON.parse(await formatted('-f', 'json')).input).toEqual(expected)
    expect(JSON.parse(await formatted('-f', 'jsonl')).input).toEqual(expected)
  })

  it('are numbers in yaml, and stand as they are in cells', async () => {
    expect(await formatted('-f', 'yaml', '-c', 'input')).toBe(
      'input:\n  "n": .nan\n  list:\n    - -.inf\n    - .inf\n  text: NaN\n',
    )
    expect(await formatted('-f', 'value', '-c', 'input.n')).toBe('NaN\n')
    expect(await formatted('-f', 'csv', '-c', 'input.n', '--no-header')).toBe('NaN\n')
  })

  it('are started again as they were, by retry', async () => {
    const sent: string[] = []
    const { glance } = await cloud(({ method, body }) => {
      if (method === 'GET') return { text: task }
      sent.push(body)
      return { status: 201, text: TASK }
    })
    expect(
      (await glance(['retry', '72a7c77f-5e93-4d48-903b-f98a6f7ec65d', '-q', '-f', 'value', '-c', 'id'])).status,
    ).toBe(0)
    expect(sent).toEqual([`{"type":"import","input":${input}}`])
  })
})

describe('a list that is interrupted', () => {
  it('is not closed, so that a parser notices', async () => {
    const id = '6b1f0c1e-1d5f-4c69-9a3f-0d0c6d1e7a11'
    const { glance } = await cloud(({ query }) => (query.has('marker') ? { status: 403 } : undefined), {
      seed: 1,
      tasks: [{ id }],
    })
    for (const argv of [[], ['--all-regions']]) {
      const { status, stdout } = await glance(['list', '-f', 'json', '--page-size', '1', ...argv])
      expect(status).toBe(4)
      expect(stdout).toContain(`"id": "${id}"`)
      expect(() => JSON.parse(stdout)).toThrow(SyntaxError)
    }
  })
})
