import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { CAUSE_CODES } from '../src/explain/causes.js'
import { failureOf } from '../src/http/failure.js'
import type { SandboxOptions } from '../src/sandbox/index.js'
import { folder, run, type World } from './helpers/cli.js'
import { closedPort } from './helpers/closed-port.js'
import { cloud } from './helpers/command.js'

const root = new URL('../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const page = read('docs/troubleshooting.md')
/** The rows of the tables in a section: the texts of their cells. */
function rowsOf(section: string): string[][] {
  const [, text = ''] = page.split(`\n## ${section}\n`)
  const [rows = ''] = text.split('\n## ')
  return [...rows.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => row.split(' | '))
}

const codesIn = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code)

it('docs/troubleshooting.md has each error code, with a cause and a remedy', () => {
  const [, union = ''] = /export type ErrorCode =([\s\S]*?)\n\n/.exec(read('src/errors.ts')) ?? []
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code)
  expect(codes.length).toBeGreaterThan(20)
  const rows = rowsOf('Errors').filter((cells) => codesIn(cells[0]).length > 0)
  expect(rows.filter((cells) => cells.length !== 4 || cells.some((cell) => cell.length < 5))).toEqual([])
  const listed = new Set(rows.flatMap((cells) => codesIn(cells[0])))
  expect(codes.filter((code) => !listed.has(code))).toEqual([])
  expect([...listed].filter((code) => !codes.includes(code))).toEqual([])
})

it('docs/troubleshooting.md has each cause of explain', () => {
  const listed = new Set(rowsOf('Causes').flatMap((cells) => codesIn(cells[0])))
  expect(CAUSE_CODES.filter((code) => !listed.has(code))).toEqual([])
})

const messages = rowsOf('Errors').flatMap((cells) =>
  [...(cells[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
)

it.each(messages)(
  'the program says: %s',
  async (message) => {
    const run = RUNS[message]
    expect(run, 'add a run that ends with this error to RUNS').toBeDefined()
    // The words in capitals stand for what differs from run to run.
    const parts = message.split(/\b(?:[A-Z]{2,}|N)\b/).map((part) => part.replaceAll(/[.*+?()[\]]/g, '\\$&'))
    expect(await run?.()).toMatch(new RegExp(parts.join('.+')))
  },
  20_000,
)

const NOWHERE = '00000000-0000-4000-8000-000000000000'
const RAW = ['--import-from-format', 'raw', '--disk-format', 'raw', '--container-format', 'bare']

/** What the program says on stderr, against a sandbox with these options. */
async function said(argv: string[], options: SandboxOptions = {}, world: World = {}): Promise<string> {
  return (await (await cloud(options)).glance(argv, world)).stderr
}

const withFault = (faults: string) => () => said(['list', '--retries', '0'], { faults })

/** Starts a task, and runs a command with its ID. */
async function withTask(command: string, url: string, ...more: string[]): Promise<string> {
  const { glance } = await cloud({ taskDuration: 10_000 })
  const { stdout } = await glance(['create', '--import-from', url, ...RAW, '-f', 'value', '-c', 'id'])
  return (await glance([command, stdout.trim(), '-q', ...more])).stderr
}

/** Imports a file of zeros. */
async function imported(...more: string[]): Promise<string> {
  const { glance } = await cloud({ stores: ['broken'] })
  const cwd = await folder()
  await writeFile(join(cwd, 'disk.raw'), Buffer.alloc(1024))
  return (await glance(['import', 'disk.raw', '--name', 'disk', '--wait', '-q', ...more], { cwd })).stderr
}

function full(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'ENOSPC' })) })
}

function certificateError(code: string): Error {
  return Object.assign(new Error('why'), { code, cert: { subjectaltname: 'DNS:other.example.org' } })
}

/** A run for each message that the page shows. */
const RUNS: Record<string, () => Promise<string>> = {
  '--status does not accept "WORD".': () => said(['list', '--status', 'done']),
  'FILE has no cloud "NAME".': () => said(['list', '--os-cloud', 'nope']),
  'The cloud "NAME" in FILE has no auth_url.': () =>
    said(['list'], {}, { clouds: 'clouds: {sandbox: {auth: {username: a}}}' }),
  'Keystone version 3 not found at auth_url: URL returned 404.': withFault('404@identity'),
  'The catalog of the cloud "NAME" has no public endpoint of the image service': () =>
    said(['list', '--os-region-name', 'Nowhere']),
  "FILE:1:51: invalid JSON: Object value expected after ':'.": async () => {
    const cwd = await folder()
    await writeFile(join(cwd, 'bad.json'), '{"import_from": "https://example.org/image", "n": }')
    return said(['create', '--type', 'import', '--input', 'bad.json'], {}, { cwd })
  },
  'FILE cannot be read: no such file.': () => said(['create', '--type', 'import', '--input', 'none.json']),
  'Task ID failed: MESSAGE': () => withTask('wait', 'http://example.org/404'),
  'The import of image ID failed: MESSAGE': () => imported(),
  'Keystone rejected the login: MESSAGE': () => said(['list', '--os-password', 'wrong']),
  'You are not authorized to complete tasks_api_access action.': () => said(['list', '--os-cloud', 'sandbox-member']),
  'Could not find task ID': () => said(['get', NOWHERE]),
  'Image ID not found, or not visible to this user.': () => said(['list', '--image', NOWHERE]),
  'HOST cannot be reached: the connection was refused.': async () =>
    said(['list', '--retries', '0', '--os-auth-url', `http://127.0.0.1:${await closedPort()}/v3`]),
  'HOST cannot be reached: the host name is unknown.': () =>
    said(['list', '--retries', '0', '--os-auth-url', 'http://nowhere.invalid/v3']),
  'HOST closed the connection before it responded.': withFault('reset@image'),
  'The certificate of HOST is not trusted': async () => {
    const { box, glance } = await cloud({ tls: true })
    const clouds = box.cloudsYaml.replaceAll(/ +cacert: .*\n/g, '')
    return (await glance(['list', '--retries', '0'], { clouds })).stderr
  },
  // It needs a certificate that has expired; test/session/tls.test.ts has one.
  'The certificate of HOST is not trusted (CERT_HAS_EXPIRED)': async () =>
    failureOf(certificateError('CERT_HAS_EXPIRED'), new URL('https://any'), false).message,
  'The certificate of HOST is not trusted (ERR_TLS_CERT_ALTNAME_INVALID): it is for NAME.': async () =>
    failureOf(certificateError('ERR_TLS_CERT_ALTNAME_INVALID'), new URL('https://any'), false).message,
  'HOST cannot be reached through the proxy HOST, which returned 407.': async () => {
    const proxy = createServer((_, response) => response.writeHead(407).end()).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const { port } = proxy.address() as AddressInfo
    const text = await said(['list'], {}, { env: { http_proxy: `http://127.0.0.1:${port}` } })
    proxy.close()
    return text
  },
  'HOST did not respond within N s.': async () => {
    const { clock, glance } = await cloud({
      faults: ({ service }) => {
        if (service === 'identity') return undefined
        clock.advance(6000)
        return { kind: 'hang' }
      },
    })
    return (await glance(['list', '--retries', '0', '--request-timeout', '5s'])).stderr
  },
  '429 Too Many Requests': withFault('429@image'),
  '503 Service Unavailable': withFault('503@image'),
  'Task ID did not end within N s; its status is processing.': () =>
    withTask('wait', 'http://example.org/stuck', '--timeout', '9s'),
  'Interrupted.': async () => {
    const interruption = new AbortController()
    const { glance } = await cloud({
      tasks: [{ id: NOWHERE, status: 'processing' }],
      faults: ({ path }) => {
        if (path.includes('/tasks')) interruption.abort('SIGINT')
        return undefined
      },
    })
    return (await glance(['wait', NOWHERE], { signal: interruption.signal })).stderr
  },
  'Glance has no task type "WORD".': () => said(['create', '--type', 'imprt', '--input', '{}']),
  'GET URL returned 300, a redirect.': async () => {
    const { box, glance } = await cloud()
    return (await glance(['list', '--os-image-endpoint-override', `${box.url}/nothing`])).stderr
  },
  "The image service's response is not a list of tasks.": () =>
    said(['list'], {
      faults: ({ path }) =>
        path.includes('/tasks') ? { kind: 'answer', status: 200, headers: JSON_TYPE, body: '[]' } : undefined,
    }),
  'It is unknown whether the task was started.': () =>
    said(['create', '--import-from', 'http://example.org/x', ...RAW], {
      faults: ({ method, service }) =>
        service === 'image' ? { kind: 'status', status: method === 'POST' ? 500 : 503 } : undefined,
    }),
  'Task ID has not failed.': () => withTask('retry', 'http://example.org/stuck'),
  'The md5 of the data is HEX, not HEX.': () => imported('--checksum', `md5:${'0'.repeat(32)}`),
  'N of N tasks are shown without their details': () =>
    said(['list', '--long'], {
      tasks: [{ id: 'a' }, { id: 'b' }],
      faults: ({ path }) => (path.endsWith('/tasks/a') ? { kind: 'status', status: 500 } : undefined),
    }),
  'Cannot write the output: no space left on the device.': () => said(['list'], {}, { stdout: full() }),
  'Cannot delete the tokens in DIRECTORY': async () => {
    const home = await folder()
    await mkdir(join(home, '.cache/glance-tasks'), { recursive: true })
    await writeFile(join(home, '.cache/glance-tasks/tokens'), '')
    return (await run(['logout'], { home })).stderr
  },
  // Only a limit of the process causes it.
  'Node.js has too little memory for WebAssembly': async () =>
    failureOf(new RangeError('WebAssembly.instantiate(): Out of memory'), new URL('http://any'), false).message,
  'The sandbox cannot listen on 127.0.0.1:PORT': async () => {
    const { box } = await cloud()
    return (await run(['sandbox', '--port', new URL(box.url).port, '--', 'true'])).stderr
  },
  'COMMAND cannot be found.': async () => (await run(['sandbox', '--', 'no-such-command'])).stderr,
  'COMMAND cannot be run': async () => (await run(['sandbox', '--', await folder()])).stderr,
}

const JSON_TYPE = { 'content-type': 'application/json', 'x-openstack-request-id': 'req-1' }
