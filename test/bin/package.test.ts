import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { VERSION } from '../../src/version.js'
import { runBinary } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { install, packed } from '../helpers/installed.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs a script of a package. Those in node_modules/.bin cannot be started on Windows. */
const runScript = (script: string, argv: string[], cwd: string) =>
  run(process.execPath, [join(root, 'node_modules', script), ...argv], { cwd })

/** The paths of the files in a folder, with slashes. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return paths.map((path) => relative(folder, path).replaceAll(sep, '/'))
}

it('the package installs without dependencies, with the program, the library and its types', async () => {
  const { app, binary } = await install(await folder())
  const files = await filesIn(join(app, 'node_modules/glance-tasks'))
  expect(files).toEqual(
    expect.arrayContaining([
      'README.md',
      'LICENSE',
      'bin/glance-tasks.js',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/THIRD-PARTY-LICENSES.txt',
      'docs/commands.md',
      'docs/scripts.md',
      'examples/import.json',
      '.clouds.example.yaml',
    ]),
  )
  expect(files.filter((path) => /^(src|test|node_modules|\.ci)\//.test(path))).toEqual([])

  expect(await runBinary(['--version'], {}, binary)).toMatchObject({ status: 0, stdout: `${VERSION}\n` })

  const program = `import { connect, Tasks, NotFoundError } from 'glance-tasks'
    import { startSandbox } from 'glance-tasks/sandbox'
    import { writeFileSync } from 'node:fs'
    const box = await startSandbox({ taskDuration: 10 })
    writeFileSync('clouds.yaml', box.cloudsYaml)
    const { tasks, close } = await connect({ cloud: 'sandbox' })
    const input = { import_from: 'http://h/i', import_from_format: 'raw', image_properties: { disk_format: 'raw', container_format: 'bare' } }
    const { id } = await tasks.create({ type: 'import', input })
    const ended = await tasks.wait(id, { timeout: 60_000, pollInterval: 20 })
    const listed = []
    for await (const task of tasks.list({ status: 'success' })) listed.push(task.id)
    const missing = await tasks.get('nothing').catch((error) => error instanceof NotFoundError)
    await close()
    await box.close()
    console.log(JSON.stringify({ same: listed[0] === id, status: ended.status, missing, tasks: tasks instanceof Tasks }))`
  await writeFile(join(app, 'program.js'), program)
  const { stdout } = await run(process.execPath, ['program.js'], {
    cwd: app,
    env: { PATH: process.env.PATH, HOME: app },
  })
  expect(JSON.parse(stdout)).toEqual({ same: true, status: 'success', missing: true, tasks: true })

  // The types need no other package, even if the compiler of a user checks declarations strictly.
  await writeFile(
    join(app, 'user.ts'),
    "import { connect } from 'glance-tasks'; export const c = connect; export * from 'glance-tasks/sandbox'",
  )
  const strict = '--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck false --module nodenext --target es2022'
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
  await runScript('typescript/bin/tsc', [...strict.split(' '), ...types, 'user.ts'], app)

  const tarball = await packed()
  await runScript('@arethetypeswrong/cli/dist/index.js', [tarball, '--profile', 'esm-only'], root)
  await runScript('publint/src/cli.js', ['--strict', tarball], root)
})

it('has no run-time dependencies', async () => {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  )
  expect({ dependencies, optionalDependencies, peerDependencies }).toEqual({})
})
