import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.js'
import { finish, runBinary, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { NODES } from '../helpers/pty.js'
import { sandbox } from '../helpers/sandbox.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = join(root, 'scripts/binary/main.cjs')
const ASSETS = join(root, 'test/helpers/executable.cjs')

describe('the main script of the executable', () => {
  const runMain = (argv: string[], env: Record<string, string>) =>
    runBinary(argv, { NODE_OPTIONS: `--require "${ASSETS}"`, ...env }, MAIN)

  it('loads every command from the assets, and keeps nothing on disk but tokens', async () => {
    const home = await folder()
    const { cloudsYaml } = await sandbox({ seed: 2 })
    await writeFile(join(home, 'clouds.yaml'), cloudsYaml)
    const files = { OS_CLIENT_CONFIG_FILE: join(home, 'clouds.yaml'), XDG_CACHE_HOME: join(home, '.cache') }
    const env = { HOME: home, OS_CLOUD: 'sandbox', ...files }
    for (const argv of [
      ['list', '-f', 'json'],
      ['list'],
      ['clouds'],
      ['doctor'],
      ['import', '--help'],
      ['create', '--help'],
    ]) {
      expect(await runMain(argv, env)).toMatchObject({ status: 0 })
    }
    expect(await readdir(join(home, '.cache/glance-tasks'))).toEqual(['tokens'])
  })

  it('runs the sandbox', async () => {
    const argv = ['sandbox', '--', process.execPath, '-e', 'console.log(process.env.OS_CLOUD)']
    expect(await runMain(argv, {})).toMatchObject({ status: 0, stdout: 'sandbox\n' })
  })

  it('records compiled code, which the same version of Node then accepts', async () => {
    const code = await folder()
    const argv = ['--version', '--quiet']
    await runMain(argv, { RECORD_COMPILED_CODE: code })
    expect(await readdir(join(code, 'dist/cli'))).toContain('main.js.code')
    expect(await runMain(argv, { CODE: code })).toMatchObject({ status: 0, stdout: `${VERSION}\n` })
  })
})

/** Node 25.5 and later build executables. */
const builders = await Promise.all(
  NODES.map(async (node) => {
    const { stdout } = await run(node, ['-p', '+process.versions.node.split(".")[0] > 25'])
    return stdout.trim() === 'true' ? [node] : []
  }),
)

describe.each(builders.flat())('the executable that %s builds', (node) => {
  it('needs no Node, no HOME and no PATH', async () => {
    const home = await folder()
    await run(process.execPath, [join(root, 'scripts/binary/build.js'), join(home, 'out'), '--node', node])
    expect(await readdir(join(home, 'out'))).toEqual([
      'LICENSE.txt',
      'NODE-LICENSE.txt',
      'THIRD-PARTY-LICENSES.txt',
      'glance-tasks',
    ])
    const program = join(home, 'out/glance-tasks')
    const { cloudsYaml } = await sandbox({ seed: 2 })
    await writeFile(join(home, 'clouds.yaml'), cloudsYaml)
    const env = {
      PATH: undefined,
      HOME: undefined,
      OS_CLIENT_CONFIG_FILE: join(home, 'clouds.yaml'),
      OS_CLOUD: 'sandbox',
    }
    const { status, stdout } = await finish(start(['list', '-f', 'value', '-c', 'id'], env, program))
    expect({ status, lines: stdout.trim().split('\n').length }).toEqual({ status: 0, lines: 2 })
  })
})

it('an older Node is refused with a remedy', async () => {
  const old = NODES.find((node) => !builders.flat().includes(node))
  if (old === undefined) return
  const building = run(process.execPath, [
    join(root, 'scripts/binary/build.js'),
    join(await folder(), 'x'),
    '--node',
    old,
  ])
  await expect(building).rejects.toThrow('Name a Node.js 25.5 or later: --node PATH')
})
