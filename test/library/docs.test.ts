import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { expect, it } from 'vitest'
import { folder } from '../helpers/cli.js'
import { closedPort } from '../helpers/closed-port.js'
import { sandbox } from '../helpers/sandbox.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** What stands before the examples: the names that the text between them has introduced. */
const BEFORE = `
const cloud = await connect({ cloud: 'prod' })
const { tasks, service, images, close: closeAll } = cloud
const input: ImportInput = {
  import_from: 'http://images.example.org/404',
  import_from_format: 'qcow2',
  image_properties: { disk_format: 'qcow2', container_format: 'bare' },
}
const { id } = await tasks.create({ type: 'import', input })
const { owner } = await tasks.wait(id)
const secret = 'hunter2'
const { signal } = new AbortController()
`

/** The examples of a document, each a block of its own, as one program. */
async function programOf(path: string): Promise<{ text: string; count: number }> {
  const text = await readFile(join(root, path), 'utf8')
  const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const isImport = /^import .*$/gm
  const imports = new Set([
    "import { connect, type ImportInput } from 'glance-tasks'",
    ...examples.flatMap((code) => code.match(isImport) ?? []).filter((line) => !line.includes('{ connect }')),
  ])
  const blocks = examples.map((code, at) => `{\n${code.replace(isImport, '')}\n}\nconsole.log('example ${at + 1}')`)
  const program = [...imports, BEFORE, ...blocks, 'await closeAll()', 'export {}']
  return { text: program.join('\n'), count: examples.length }
}

it.each([
  ['docs/library.md', 8],
  ['README.md', 1],
])('the examples of %s compile, and run in a sandbox', async (path, least) => {
  const app = await folder()
  const { text, count } = await programOf(path)
  expect(count).toBeGreaterThanOrEqual(least)
  await writeFile(join(app, 'program.mts'), text)
  const { code } = await transform(text, { loader: 'ts', target: 'node20', format: 'esm' })
  await writeFile(join(app, 'program.mjs'), code)
  await mkdir(join(app, 'node_modules'))
  // A junction, because links need a permission on Windows. Other systems ignore the word.
  await symlink(root, join(app, 'node_modules/glance-tasks'), 'junction')
  await symlink(join(root, 'node_modules/undici'), join(app, 'node_modules/undici'), 'junction')

  const strict =
    '--noEmit --strict --noUncheckedIndexedAccess --module nodenext --target es2023 --lib es2023,esnext.disposable'
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  const compiled = run(join(root, 'node_modules/.bin/tsc'), [...strict.split(' '), ...types, 'program.mts'], {
    cwd: app,
  })
  await compiled.catch(({ stdout }) => expect.unreachable(stdout))

  const box = await sandbox({ taskDuration: 10 })
  await writeFile(join(app, 'clouds.yaml'), box.cloudsYaml.replace('sandbox:', 'prod:'))
  // No example may look at a URL outside this machine.
  const proxy = `http://127.0.0.1:${await closedPort()}`
  const env = { PATH: process.env.PATH, HOME: app, http_proxy: proxy, https_proxy: proxy, no_proxy: '127.0.0.1' }
  const { stdout, stderr } = await run(process.execPath, ['program.mjs'], { cwd: app, env })
  expect(stderr).toBe('')
  expect(stdout.match(/example \d+/g)).toHaveLength(count)
})
