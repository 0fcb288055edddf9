import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { FORMATS, type Format } from '../../src/output/index.js'
import { shell } from '../helpers/binary.js'
import { folder, type Ran } from '../helpers/cli.js'
import { cloud, FAILING, INPUT } from '../helpers/command.js'
import { linkCompiled } from '../helpers/home.js'
import { IS_LINUX, needsPosix } from '../helpers/platform.js'
import { sandbox } from '../helpers/sandbox.js'

/** Output to a pipe: stdout contains data and nothing else, in every command and format. */

/** A cloud whose settings cause a warning in each run, and which answers each third request with 503 first. */
async function noisyCloud() {
  const seen = new Set<string>()
  const { box, glance } = await cloud({
    faults: ({ method, path, headers }) => {
      if (method !== 'GET' || seen.has(path) || headers.via) return undefined
      seen.add(path)
      return seen.size % 3 === 0 ? { kind: 'status', status: 503 } : undefined
    },
  })
  const clouds = box.cloudsYaml.replaceAll(/^( +)password: .*$/gm, '$&\n$1bogus: 1')
  const noisy = (argv: string[]) => glance(argv, { clouds })
  const create = async (input: object = INPUT) => {
    const argv = ['create', '--type', 'import', '--input', JSON.stringify(input), '-f', 'value', '-c', 'id']
    return (await noisy(argv)).stdout.trim()
  }
  const home = await folder()
  const images = join(home, 'images.yaml')
  await writeFile(images, '- {source: http://images.example.org/a.raw, name: listed, disk_format: raw}')
  return { glance: noisy, create, images }
}

const IMPORT = ['import', 'http://images.example.org/a.raw', '--disk-format', 'raw', '--name']

/** Command lines with the statuses that they end with. `isOne`: they print one object. `isText`: a table is text for people. */
type Line = { argv: string[]; status?: number; isOne?: boolean; isText?: boolean }

function linesFor(ids: string[], images: string, format: Format): Line[] {
  const [ok = '', failed = ''] = ids
  const input = ['create', '--type', 'import', '--input', JSON.stringify(INPUT)]
  const one: Line[] = [
    { argv: ['get', ok] },
    { argv: input },
    { argv: [...input, '--wait'] },
    { argv: ['wait', ok] },
    { argv: ['wait', failed], status: 3 },
    { argv: ['retry', failed] },
    { argv: ['retry', failed, '--wait'], status: 3 },
    { argv: [...IMPORT, `one-${format}`] },
    { argv: [...IMPORT, `two-${format}`, '--wait'] },
  ].map((line) => ({ ...line, isOne: true }))
  if (format === 'shell') return one
  return [
    ...one,
    { argv: ['create', '--type', 'import', '--input', JSON.stringify(INPUT), '--dry-run'], isOne: true, isText: true },
    { argv: ['report'], isOne: true, isText: true },
    { argv: ['schema'], isOne: true },
    { argv: ['list'] },
    { argv: ['list', '--long'] },
    { argv: ['list', '--type', 'imprt'] },
    { argv: ['list', '--status', 'pending', '--request-id', 'nothing'] },
    { argv: ['get', ok, failed] },
    { argv: ['wait', ok, failed], status: 3 },
    { argv: [...IMPORT, 'dry', '--dry-run'], isOne: true, isText: true },
    { argv: ['import', '--from', images] },
    { argv: ['import', '--from', images, '--dry-run'] },
    { argv: ['explain', failed], isOne: true, isText: true },
    { argv: ['clouds'] },
    { argv: ['clouds', 'sandbox'], isOne: true },
    { argv: ['doctor', '--retries', '4'], isText: true },
  ]
}

/** Fails unless the text is a whole document of the format. */
function expectData(format: Format, text: string, line: Line): void {
  const lines = text.split('\n').slice(0, -1)
  expect(text === '' || text.endsWith('\n')).toBe(true)
  expect(text).not.toMatch(/\u001b|\r|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|^(warning|hint|error): /m)
  CHECKS[format]?.(text, lines, line)
}

/** What is true for a document of each format. `value` may be any text. */
const CHECKS: Partial<Record<Format, (text: string, lines: string[], line: Line) => void>> = {
  json: (text, _, { isOne = false }) => expect(Array.isArray(JSON.parse(text))).toBe(!isOne),
  yaml: (text, _, { isOne = false }) => expect(Array.isArray(parseYaml(text))).toBe(!isOne),
  jsonl(_, lines) {
    for (const each of lines) expect(JSON.parse(each)).toBeInstanceOf(Object)
  },
  csv: (_, [header], { isText = false }) => isText || expect(header).toMatch(/^"[\w.]+"(,"[\w.]+")*$/),
  shell(_, lines) {
    for (const each of lines) expect(each).toMatch(/^[a-z_]+='/)
  },
  table(_, lines, { isText = false }) {
    if (isText) return
    expect(lines[0]).toMatch(/^\+-[-+]+\+$/)
    expect(new Set(lines.map((each) => each.charAt(0)))).toEqual(new Set(['+', '|']))
  },
}

describe('stdout is data only', () => {
  it.each(FORMATS)('with -f %s', async (format) => {
    const { glance, create, images } = await noisyCloud()
    const ids = [await create(), await create(FAILING)]
    await glance(['wait', ...ids])
    for (const line of linesFor(ids, images, format)) {
      // These formats have no place for a report.
      if (line.argv[0] === 'report' && ['jsonl', 'csv', 'value'].includes(format)) continue
      const { argv, status = 0 } = line
      const ran: Ran = await glance([...argv, '-f', format])
      expect([argv, ran.status, ran.stderr]).toEqual([argv, status, expect.any(String)])
      expectData(format, ran.stdout, line)
      // Progress and warnings do not change the data of what only reads.
      if (!['get', 'explain'].includes(argv[0] ?? '')) continue
      expect((await glance([...argv, '-f', format, '-q', '--progress', 'none'])).stdout).toBe(ran.stdout)
    }
  })

  it('while stderr says what happens', async () => {
    const { glance, create } = await noisyCloud()
    const id = await create()
    const { stderr } = await glance(['wait', id, '-f', 'json'])
    expect(stderr).toMatch(/^warning: .*bogus/)
    expect(stderr).toMatch(new RegExp(`^task ${id}: success$`, 'm'))
  })
})

describe('the real program survives', () => {
  needsPosix('a POSIX shell')

  it.each([
    ['a closed standard input', '<&-', {}],
    ['a closed stderr', '2>&-', {}],
    ['no HOME and no TERM', '', { HOME: undefined, TERM: undefined }],
    ['LANG=C', '', { LANG: 'C', LC_ALL: 'C' }],
    ['nothing but PATH', '', { HOME: undefined, LANG: undefined, USER: undefined, SHELL: undefined }],
  ])('%s', async (_what, redirection, env) => {
    const box = await sandbox({ taskDuration: 20 })
    const home = await folder()
    await linkCompiled(home)
    const file = join(home, 'clouds.yaml')
    await writeFile(file, box.cloudsYaml)
    const words = `glance-tasks create --type import --input '${JSON.stringify(INPUT)}' --wait -f json ${redirection}`
    const variables = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: home, LANG: 'C.UTF-8', TERM: 'xterm' }
    const ran = await shell(words, { ...variables, XDG_CACHE_HOME: home, ...env })
    expect(ran).toMatchObject({ status: 0, signal: null })
    expect(JSON.parse(ran.stdout)).toMatchObject({ status: 'success' })
    expect(ran.stderr === '').toBe(redirection === '2>&-')
  })

  it.each(['', '.', 'here'])('HOME=%j, which leads to no file of the working directory', async (HOME) => {
    const cwd = await folder()
    const config = join(cwd, HOME, '.config', 'openstack')
    await mkdir(config, { recursive: true })
    await writeFile(join(config, 'clouds.yaml'), 'clouds: {trap: {auth: {auth_url: "http://127.0.0.1:1"}}}')
    const { stdout } = await shell(`cd ${cwd} && glance-tasks clouds -f json`, { HOME })
    expect(stdout).not.toContain('trap')
  })

  it.runIf(IS_LINUX)('a closed stdout, as an error that names the task', async () => {
    const box = await sandbox({ taskDuration: 20 })
    const file = join(await folder(), 'clouds.yaml')
    await writeFile(file, box.cloudsYaml)
    const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox', HOME: '/dev/null' }
    const argv = `create --type import --input '${JSON.stringify(INPUT)}' --wait --progress json`
    const { status, stderr } = await shell(`glance-tasks ${argv} >&-`, env)
    expect(status).toBe(1)
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.at(-1)).toMatchObject({ event: 'ended', scope: 'command', exit_status: 1 })
    expect(events.at(-2).error.message).toContain(events[0].task_ids[0])
  })
})
