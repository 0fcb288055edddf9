import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { delimiter, dirname, join } from 'node:path'
import { startSandbox } from '../../src/sandbox/index.js'
import { BINARY } from './binary.js'
import { folder } from './cli.js'
import { documentExamples, type Example } from './examples.js'
import { sample } from './image-bytes.js'
import { login, send } from './sandbox.js'
import { webServer } from './web-server.js'

/** Where one example runs: a cloud of its own, and a working directory with the files that examples name. */
export interface ExampleWorld {
  /** The example with the IDs and servers of this world instead of placeholders. */
  script: string
  cwd: string
  env: Record<string, string>
  close(): Promise<void>
}

const ENDED = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`)
const FAILED = '44444444-4444-4444-8444-444444444444'
const [ONE_ENDED = ''] = ENDED

const INPUT = {
  import_from: 'https://example.org/image.qcow2',
  import_from_format: 'qcow2',
  image_properties: { name: 'debian-13', disk_format: 'qcow2', container_format: 'bare' },
}

const RAW = Buffer.alloc(1024 * 1024)

/** Prepares what all examples share, and returns a function that makes a world for one of them. */
export async function exampleWorlds(): Promise<(example: Example) => Promise<ExampleWorld>> {
  const qcow2 = sample('qcow2')
  const images: Record<string, Buffer> = { raw: RAW, qcow2, xz: execFileSync('xz', ['-c'], { input: qcow2 }) }
  const web = (await webServer(serve(images))).at()
  const shared = await folder()
  mkdirSync(join(shared, 'bin'))
  symlinkSync(BINARY, join(shared, 'bin/glance-tasks'))
  // Written once: no example changes it.
  const raw = join(shared, 'raw')
  writeFileSync(raw, RAW)
  const scripts = [...SCRIPTS, ...documentExamples().flatMap(({ script }) => namedScript(script))]

  return async (example) => {
    const { script, status } = example
    const cwd = await folder()
    // A task that is started succeeds, unless the text shows that it fails.
    const input = { ...INPUT, import_from: status === 0 ? INPUT.import_from : 'https://example.org/404' }
    const box = await startSandbox({
      taskDuration: 40,
      stores: ['local', 'second', 'ceph', 'broken'],
      importFilter: { allowedHosts: ['127.0.0.1', 'example.org'], allowedPorts: [80, 443, Number(web.port)] },
      tasks: [
        ...ENDED.map((id) => ({ id, input: INPUT, result: { image_id: id } })),
        {
          id: FAILED,
          status: 'failure',
          input,
          message: 'HTTP Error 404: Not Found',
        },
      ],
    })
    const imageId = /\bIMAGE_ID\b|--image [0-9a-f]{8}-/.test(script) ? await importedImage(box) : ''
    const taskId = status === 3 || /glance-tasks (retry|explain) /.test(script) ? FAILED : ONE_ENDED
    writeFiles(cwd, {
      'clouds.yaml': cloudsNamed(box.cloudsYaml, ['prod', 'test']),
      'file.json': JSON.stringify(input),
      'examples/import.json': JSON.stringify(input),
      'bad.json': '{"import_from": "https://example.org/image", "n": }',
      'debian.qcow2': qcow2,
      'images.yaml': imagesYaml(status === 3 ? [`${web.href}404`] : []),
      ...Object.fromEntries(scripts),
    })
    for (const name of ['debian-13.raw', 'appliance.raw']) linkSync(raw, join(cwd, name))
    for (const [name] of scripts) chmodSync(join(cwd, name), 0o755)
    return {
      script: filled(script, { imageId, taskId, web: web.href }),
      cwd,
      env: {
        HOME: cwd,
        // With the compiled code of the program.
        XDG_CACHE_HOME: join(shared, 'cache'),
        PATH: [join(shared, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
        OS_CLIENT_CONFIG_FILE: join(cwd, 'clouds.yaml'),
        OS_CLOUD: 'prod',
        PROJECT: 'admin',
      },
      close: () => box.close(),
    }
  }
}

/** Serves images by the ending of their name. A path with `slow` never ends, one with `404` or of an old image does not exist. */
function serve(images: Record<string, Buffer>): RequestListener {
  return ({ url = '/', method }, response) => {
    const path = new URL(url, 'http://any').pathname
    const data = images[path.split('.').at(-1) ?? '']
    if (data === undefined || /404|debian-11/.test(path)) return response.writeHead(404).end()
    response.setHeader('content-length', data.length)
    if (method === 'HEAD') return response.end()
    if (path.startsWith('/slow')) return response.write(data.subarray(0, data.length / 2))
    return response.end(data)
  }
}

function filled(script: string, { imageId, taskId, web }: { imageId: string; taskId: string; web: string }): string {
  // The URL of a task decides in the sandbox how it ends; an image is really downloaded.
  const server = /glance-tasks import|curl/.test(script) ? web : 'https://example.org/'
  return script
    .replaceAll(/https?:\/\/(example\.org|images\.example\.org|127\.0\.0\.1:18080)\//g, server)
    .replaceAll('--timeout 3s', '--timeout 1s')
    .replaceAll('/etc/nightly-images/', '')
    .replaceAll('/var/lib/prometheus/node-exporter', '.')
    .replaceAll(PLACEHOLDER, (word, before = '') => {
      if (word === 'ID ID ID') return ENDED.join(' ')
      if (word === 'PROJECT_ID') return 'admin'
      return word === 'IMAGE_ID' || before === '--image ' ? `${before}${imageId}` : taskId
    })
}

/** A placeholder, or an ID that a document shows. The ID of zeros stands for a task that does not exist. */
const PLACEHOLDER =
  /\bID ID ID\b|\b(?:PROJECT_ID|IMAGE_ID|ID)\b|(--image )?\b[0-9a-f]{8}-(?!0000)[0-9a-f]{4}-4[0-9a-f-]{21}\b/g

/** A new image that is imported into the store local, with its task. */
async function importedImage(box: Parameters<typeof login>[0]): Promise<string> {
  const url = `${box.imageUrl}/v2/images`
  const token = await login(box)
  const properties = { name: 'imported', disk_format: 'raw', container_format: 'bare' }
  const { json } = await send(url, { method: 'POST', token, body: properties })
  const method = { name: 'web-download', uri: 'https://example.org/image.raw' }
  await send(`${url}/${json.id}/import`, { method: 'POST', token, body: { method, stores: ['local'] } })
  // An example may start another import, which Glance refuses until this one has ended.
  let image: Record<string, unknown>
  do image = (await send(`${url}/${json.id}`, { token })).json
  while (image.status !== 'active' || 'os_glance_import_task' in image)
  return json.id
}

function writeFiles(place: string, files: Record<string, string | Buffer>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true })
    writeFileSync(join(place, name), content)
  }
}

/** The scripts that examples start. */
const SCRIPTS: [name: string, text: string][] = ['my-script.sh', 'nightly-import.sh'].map((name) => [
  name,
  '#!/bin/sh\ntest -n "$OS_CLOUD"\n',
])

/** A script of a document whose first comment names its file: `# bin/nightly-images: …`. */
function namedScript(script: string): [name: string, text: string][] {
  const [, name] = /^#!.*\n# (bin\/[\w-]+):/.exec(script) ?? []
  return name === undefined ? [] : [[name, script]]
}

function imagesYaml(others: readonly string[]): string {
  const sources = ['debian-13.raw', 'appliance.raw', ...others]
  return sources.map((source, i) => `- source: ${source}\n  name: image-${i}\n  disk_format: raw\n`).join('')
}

/** The clouds.yaml of a sandbox, with its first cloud under further names. */
function cloudsNamed(text: string, names: readonly string[]): string {
  const [, first = ''] = /^clouds:\n {2}sandbox:\n((?: {4}.*\n)+)/m.exec(text) ?? []
  return `${text}${names.map((name) => `  ${name}:\n${first}`).join('')}`
}
