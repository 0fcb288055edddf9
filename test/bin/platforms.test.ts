import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.js'
import { finish, runBinary, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { needsLinux } from '../helpers/platform.js'
import { Screen } from '../helpers/pty.js'
import { sandbox } from '../helpers/sandbox.js'

needsLinux('/dev and /proc, which it hides')

const PRELOAD = fileURLToPath(new URL('../helpers/other-platform.cjs', import.meta.url))

/** The environment in which the program believes to be on another platform. */
const on = (platform: 'win32' | 'darwin', env: Record<string, string> = {}) => ({
  NODE_OPTIONS: `--require ${PRELOAD}`,
  PRETENDED_PLATFORM: platform,
  ...env,
})

describe('on Windows', () => {
  it('a command ends well in a terminal, without /dev/null', async () => {
    const screen = new Screen(['--version'], { env: on('win32') })
    expect(await screen.ended).toBe(0)
    expect(screen.text()).toBe(VERSION)
  })

  it('a command ends well if a program without a console started it', async () => {
    const ran = await runBinary(['--version'], on('win32', { PRETENDED_STREAMS: 'none' }))
    expect(ran).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: '' })
  })

  it('Ctrl-Break ends a wait with 130, as Ctrl-C does', async () => {
    const home = await folder()
    const file = join(home, 'clouds.yaml')
    await writeFile(file, (await sandbox({ seed: 1, taskDuration: 3_600_000 })).cloudsYaml)
    const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox' }
    const input = JSON.stringify({
      import_from: 'https://example.org/a',
      import_from_format: 'raw',
      image_properties: { name: 'a', disk_format: 'raw', container_format: 'bare' },
    })
    const { stdout: id } = await runBinary(
      ['create', '--type', 'import', '--input', input, '-f', 'value', '-c', 'id'],
      env,
    )
    // A token would be kept in a file whose path has backslashes, which is one name here.
    const child = start(['wait', id.trim(), '--no-token-cache'], on('win32', env))
    child.stderr?.once('data', () => child.kill('SIGUSR2')) // it says what it waits for, so it waits
    const { status, stderr } = await finish(child)
    expect(status).toBe(130)
    expect(stderr).toContain(`glance-tasks wait ${id.trim()}`)
  })
})

describe('the compiled code is cached', () => {
  it.each([
    ['in LOCALAPPDATA on Windows', 'win32', 'Local'],
    ['in ~/Library/Caches on macOS', 'darwin', 'Library/Caches'],
  ] as const)('%s', async (_, platform, place) => {
    const home = await folder()
    await mkdir(join(home, place), { recursive: true })
    const env = on(platform, { HOME: home, LOCALAPPDATA: join(home, 'Local') })
    expect(await runBinary(['--version', '--quiet'], env)).toMatchObject({ status: 0, stderr: '' })
    const [engine = ''] = await readdir(join(home, place, 'glance-tasks/compiled'))
    expect(await readdir(join(home, place, 'glance-tasks/compiled', engine))).toContain('main.js')
  })
})
