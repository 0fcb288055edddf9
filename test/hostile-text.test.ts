import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseJsonInput } from '../src/cli/input/parse-json-input.js'
import { say } from '../src/cli/terminal/say.js'
import { positionFinder } from '../src/config/file/finder.js'
import { parseConfig } from '../src/config/file/yaml.js'
import { causeOf } from '../src/explain/causes.js'
import { type Answer, errorOf, jsonOf } from '../src/http/answer.js'
import { formatJson, parseJson, parsePythonJson } from '../src/http/json.js'
import { maskBody, maskHeaders, maskText, maskUrl } from '../src/http/mask.js'
import { parseRetryAfter } from '../src/http/retry.js'
import { findEndpoint, readCatalog } from '../src/identity/catalog.js'
import { readToken } from '../src/identity/token-answer.js'
import { parseCachedToken } from '../src/identity/tokens/cached-token.js'
import { nearest } from '../src/nearest.js'
import { FORMATS } from '../src/output/index.js'
import { labelText, metricsText } from '../src/output/metrics-text.js'
import { encodable } from '../src/output/text.js'
import { imageBase } from '../src/session/endpoint.js'
import { wellFormed } from '../src/tasks/list/pages.js'
import { isTask } from '../src/tasks/read-task.js'
import type { Task } from '../src/tasks/task.js'
import { finish, start } from './helpers/binary.js'
import { folder } from './helpers/cli.js'
import { hostileTexts } from './helpers/hostile-text.js'
import { IS_WINDOWS } from './helpers/platform.js'
import { sandbox } from './helpers/sandbox.js'
import { many, one } from './output/samples.js'

function answer(body: string, headers: Record<string, string> = {}): Answer {
  const request = { method: 'GET', url: new URL('http://h/v2/tasks') }
  return { request, status: 500, headers: { 'content-type': 'application/json', ...headers }, body, isGarbled: false }
}

const OUTPUT = {
  color: true,
  terminal: true,
  now: 0,
  relativeTimes: true,
  origin: true,
}

/** Tasks with the text at every place where a server can put it: as a value, and as a key and a value inside one. */
const tasksOf = (text: string) => [
  { id: 'a', message: text } as Task,
  { id: 'b', input: { [text.slice(0, text.length / 2)]: text.slice(0, text.length / 2) } } as Task,
]

/** Like the program: searches a file for positions only if it could be parsed. */
function placeIn(text: string): unknown {
  parseConfig(text, 'clouds.yaml')
  return positionFinder(text)(['clouds', 'a', 'b'])
}

const PARSERS: Record<string, (text: string) => unknown> = {
  'an error body': (text) => errorOf(answer(text), 0),
  'the message of an error body': (text) => errorOf(answer(JSON.stringify({ error: { message: text } })), 0),
  'a page of HTML': (text) => errorOf(answer(`<html><body>${text}`, { 'content-type': 'text/html' }), 0),
  'the headers of an error': (text) => errorOf(answer('', { 'retry-after': text, 'content-type': text }), 0),
  'the message of a failed task': (text) => causeOf({ id: 'a', status: 'failure', message: text } as Task),
  'JSON of a service': (text) => jsonOf(answer(text)),
  'a string in JSON of a service': (text) => jsonOf(answer(JSON.stringify({ a: text, n: 1.5, b: [NaN] }))),
  'JSON with NaN': (text) => parsePythonJson(`{"a": NaN, "b": ${text}`),
  'JSON with exact numbers': (text) =>
    formatJson(parseJson(JSON.stringify({ [text]: text }).replace('{', '{"n":1.0,'))),
  'a number in JSON': (text) => parseJson(`[1${text}]`),
  'a masked body': (text) => maskBody(text),
  'a masked value': (text) => maskBody(JSON.stringify({ [text]: text })),
  'a masked form': (text) => maskBody(`a=${text}`),
  'a masked text': (text) => maskText(`@=${text}`),
  'masked headers': (text) => maskHeaders({ [text]: text }),
  'a masked URL': (text) => maskUrl(new URL(`http://h/?a=${encodeURIComponent(encodable(text))}#${text}`)),
  'Retry-After': (text) => [parseRetryAfter(text, 0), parseRetryAfter(`Mon, ${text}`, 0)],
  'a token': (text) =>
    readToken(
      {
        ...answer(JSON.stringify({ token: { expires_at: text, issued_at: text, catalog: text } })),
        status: 200,
        headers: { 'x-subject-token': text },
      },
      0,
    ),
  'a kept token': (text) => parseCachedToken(text),
  'the text of a kept token': (text) =>
    parseCachedToken(
      JSON.stringify({
        version: 1,
        cloud: text,
        holder: { identity: text, salt: text, hash: text },
        savedAt: 1,
        renewAt: 1,
        token: text,
        catalog: [],
      }),
    ),
  'a catalog': (text) =>
    findEndpoint(
      readCatalog([{ type: text, name: text, endpoints: [{ url: text, region: text, interface: text }] }]),
      { interfaces: [text], regionName: text, serviceType: text },
      text,
    ),
  'a catalog without the service': (text) =>
    findEndpoint(readCatalog([{ type: text, endpoints: [] }]), { interfaces: [], serviceType: 'image' }, text),
  'the endpoint of the image service': (text) => imageBase(text, {}),
  'the path of an endpoint': (text) => imageBase(`http://h/${text}`, { projectId: text }),
  'rows of a list': (text) => wellFormed([{ id: text }, text as never].filter(isTask) as never, () => {}),
  'a line on stderr': (text) => say({ stderr: { write: () => true, on: () => {} } as never }, text),
  'a label of a metric': (text) =>
    metricsText([{ name: 'm', help: text, samples: [{ labels: { l: text, m: labelText(text) }, value: 1 }] }]),
  'a name that is looked for': (text) => nearest(text, ['password', 'username']),
  'a clouds.yaml': (text) => parseConfig(text, 'clouds.yaml'),
  'a value of clouds.yaml': (text) => parseConfig(`clouds: {a: ${JSON.stringify(text)}}`, 'clouds.yaml'),
  'the place of a setting': (text) => placeIn(`clouds: {a: ${text}}`),
  'the place of a setting in a quoted text': (text) => placeIn(`clouds: {a: ${JSON.stringify(text)}}`),
  'an input in JSON': (text) => parseJsonInput('-', text),
}

for (const format of FORMATS) {
  const narrow = { ...OUTPUT, maxWidth: 80 }
  PARSERS[`a task as ${format}`] = async (text) => one(format, tasksOf(text)[0] as Task, OUTPUT)
  PARSERS[`a narrow task as ${format}`] = async (text) => one(format, tasksOf(text)[1] as Task, narrow)
  if (format !== 'shell') PARSERS[`a list as ${format}`] = async (text) => many(format, tasksOf(text) as Task[], OUTPUT)
}

/** The processor time that the work takes in this process, in milliseconds. */
async function cost(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  try {
    await work()
  } catch {
    // Rejecting the text is as good as reading it.
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** The minimum of some runs. Quadratic time occurs in every run, a garbage collection does not. */
async function leastCost(work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 4 && least > MOST; i++) least = Math.min(least, await cost(work))
  return least
}

// Far more than linear time takes, also on a busy machine. Quadratic time would be a third of a second or more.
const LENGTH = 30_000
const MOST = 120

const texts = hostileTexts(LENGTH)

test.each(Object.entries(PARSERS))('reads %s in linear time, whatever it holds', async (_, parse) => {
  const slow: string[] = []
  for (const [name, text] of texts) {
    const ms = await leastCost(() => parse(text))
    if (ms > MOST) slow.push(`${name}: ${ms} ms`)
  }
  expect(slow).toEqual([])
})

test('a megabyte of each text is read, and Ctrl-C still ends the program', async () => {
  // Every third text. The test above reads each of them.
  const megabytes = hostileTexts(1_000_000).flatMap(([, text], i) => (i % 3 === 0 ? [text] : []))
  const pages: string[] = []
  const cloud = await sandbox({
    script({ method, path }) {
      if (method !== 'GET' || !path.startsWith('/v2/tasks')) return undefined
      const text = megabytes[pages.length % megabytes.length]
      pages.push(path)
      // The marker has to change, because the client would detect an endless list.
      const task = { id: `task-${pages.length}`, type: text }
      return { json: { tasks: [task], next: `/v2/tasks?marker=${task.id}` } }
    },
  })
  const file = join(await folder(), 'clouds.yaml')
  await writeFile(file, cloud.cloudsYaml)
  const child = start(['list', '--max-width', '80'], {
    OS_CLIENT_CONFIG_FILE: file,
    OS_CLOUD: 'sandbox',
    XDG_CACHE_HOME: '/dev/null',
  })
  const finished = finish(child)
  await expect.poll(() => pages.length, { timeout: 60_000 }).toBeGreaterThan(megabytes.length)
  const before = pages.length
  child.kill('SIGINT')
  // On Windows, a program that another one interrupts ends at once.
  expect(await finished).toMatchObject(IS_WINDOWS ? { signal: 'SIGINT' } : { status: 130 })
  expect(pages.length - before).toBeLessThan(10)
})
