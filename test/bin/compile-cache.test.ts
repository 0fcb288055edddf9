import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, rename, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.js'
import { BINARY, runBinary } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { sandbox } from '../helpers/sandbox.js'

const run = promisify(execFile)

// Later versions of Node keep compiled code by themselves.
const isOurs = process.versions.node.startsWith('20.')

const compiledIn = (cache: string) => join(cache, 'glance-tasks/compiled', process.version)

/** Runs `--version`, which must succeed whatever is kept, and tells where its main file is kept. */
async function versionWith(cache: string): Promise<string> {
  expect(await runBinary(['--version'], { XDG_CACHE_HOME: cache })).toEqual({
    status: 0,
    signal: null,
    stdout: `${VERSION}\n`,
    stderr: '',
  })
  return join(compiledIn(cache), 'main.js.0')
}

const inode = async (file: string) => (await stat(file)).ino

describe.runIf(isOurs)('compiled code', () => {
  it('is kept for its owner alone, and the next run takes it as it is', async () => {
    const cache = await folder()
    const file = await versionWith(cache)
    const first = await inode(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(compiledIn(cache))).mode & 0o777).toBe(0o700)
    await versionWith(cache)
    expect(await inode(file)).toBe(first)
  })

  it('is kept of every file that a command loads, before and after it has got ready for requests', async () => {
    const cache = await folder()
    const file = join(cache, 'clouds.yaml')
    await writeFile(file, (await sandbox({ seed: 5001 })).cloudsYaml)
    const env = { XDG_CACHE_HOME: cache, OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox' }
    // The second one finds a token, the third one has pages enough to change its flags again.
    for (const limit of ['1', '1', '5001']) {
      expect(await runBinary(['list', '--limit', limit, '-f', 'csv'], env)).toMatchObject({ status: 0, stderr: '' })
    }
    const names = await readdir(compiledIn(cache))
    expect(names).toEqual(expect.arrayContaining(['main.js.0', 'commands.js.0', 'cloud.js.1', 'formats.js.1']))
    const inodes = () => Promise.all(names.map((name) => inode(join(compiledIn(cache), name))))
    const before = await inodes()
    expect(await runBinary(['list', '--limit', '5001', '-f', 'csv'], env)).toMatchObject({ status: 0, stderr: '' })
    expect(await inodes()).toEqual(before)
  })

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['belongs to another source', (file) => flip(file, 0.01)],
    ['is damaged', (file) => flip(file, 0.6)],
    ['is damaged in its second half', (file) => flip(file, 0.99)],
    ['was cut short', async (file) => truncate(file, (await stat(file)).size - 1000)],
    ['is empty', (file) => truncate(file, 0)],
    ['may have been written by others', (file) => chmod(file, 0o666)],
  ])('that %s is not run, and kept anew', async (_, spoil) => {
    const cache = await folder()
    const file = await versionWith(cache)
    const first = await inode(file)
    await spoil(file)
    await versionWith(cache)
    const second = await inode(file)
    expect(second).not.toBe(first)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await versionWith(cache)
    expect(await inode(file)).toBe(second)
  })

  it('is not kept where nothing can be, of which nothing is said', async () => {
    const cache = await folder()
    await writeFile(join(cache, 'glance-tasks'), 'a file in the way')
    await expect(versionWith(cache)).resolves.toBeDefined()
    await versionWith('/proc/nowhere')
    const blocked = await folder()
    await mkdir(join(compiledIn(blocked), 'main.js.0'), { recursive: true })
    await versionWith(blocked)
  })
})

/** The files below a folder, links not followed. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

// On every Node: which of them keeps the code makes no difference to where.
describe('the folder of compiled code', () => {
  const steps = ['glance-tasks', 'glance-tasks/compiled', `glance-tasks/compiled/${process.version}`]

  it.each(['000', '022', '077'])('is for its owner alone under umask %s, and is used', async (umask) => {
    const cache = join(await folder(), 'cache')
    const env = { PATH: process.env.PATH, XDG_CACHE_HOME: cache }
    await run('/bin/sh', ['-c', `umask ${umask} && exec "$0" "$@"`, process.execPath, BINARY, '--version'], { env })
    for (const step of ['', ...steps]) expect((await stat(join(cache, step))).mode & 0o777).toBe(0o700)
    expect(await filesIn(cache)).not.toEqual([])
  })

  /** A cache in which everything is as it should be but for nothing being kept yet. */
  async function emptyCache(): Promise<string> {
    const cache = join(await folder(), 'cache')
    for (const step of ['', ...steps]) await mkdir(join(cache, step), { mode: 0o700 })
    return cache
  }

  it('may be there already', async () => {
    const cache = await emptyCache()
    await versionWith(cache)
    expect(await filesIn(cache)).not.toEqual([])
  })

  const faults: [string, (path: string) => Promise<unknown>][] = [
    ['the group may write to', (path) => chmod(path, 0o770)],
    ['others may write to', (path) => chmod(path, 0o702)],
    // Only root may give a folder away.
    ...(process.getuid?.() === 0
      ? [['belongs to another user', (path: string) => chown(path, 65534, 65534)] as (typeof faults)[number]]
      : []),
  ]

  it.each(['', ...steps].flatMap((step) => faults.map((fault) => [step || 'the cache', ...fault, step] as const)))(
    'is not used where %s %s',
    async (_, __, spoil, step) => {
      const cache = await emptyCache()
      await spoil(join(cache, step))
      await versionWith(cache)
      expect(await filesIn(cache)).toEqual([])
    },
  )

  it.each(steps)('is not used where %s is a link', async (step) => {
    const cache = await emptyCache()
    await rename(join(cache, step), join(cache, 'elsewhere'))
    await symlink(join(cache, 'elsewhere'), join(cache, step))
    await versionWith(cache)
    expect(await filesIn(cache)).toEqual([])
  })

  it('is not used where others may look into it: what is in it may be older than its mode', async () => {
    const cache = await emptyCache()
    await chmod(join(cache, steps.at(-1) ?? ''), 0o755)
    await versionWith(cache)
    expect(await filesIn(cache)).toEqual([])
  })

  it.each([
    [0o777, 0],
    [0o1777, process.getuid?.() === 0 ? 1 : 0],
  ])(
    'below a folder of mode %o that all may write to is used only where it is sticky and root’s',
    async (mode, least) => {
      const above = await folder()
      await chmod(above, mode)
      await versionWith(join(above, 'cache'))
      const { length } = await filesIn(above)
      expect(Math.min(length, 1)).toBe(least)
    },
  )

  it('is not made where Node is told to keep nothing', async () => {
    const cache = await folder()
    const env = { XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: '1' }
    expect(await runBinary(['--version'], env)).toMatchObject({ status: 0 })
    expect(await readdir(cache)).toEqual([])
  })
})

/** Damages one byte, so far into the file. */
async function flip(file: string, share: number): Promise<void> {
  const bytes = await readFile(file)
  const at = Math.floor(bytes.length * share)
  bytes[at] = (bytes[at] ?? 0) ^ 0x55
  await writeFile(file, bytes)
}
