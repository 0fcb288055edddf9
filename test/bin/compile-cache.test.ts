import { chmod, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.js'
import { runBinary } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { sandbox } from '../helpers/sandbox.js'

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

  it('is not kept in a folder that others may write to', async () => {
    const cache = await folder()
    await mkdir(compiledIn(cache), { recursive: true })
    await chmod(compiledIn(cache), 0o777)
    await versionWith(cache)
    expect(await readdir(compiledIn(cache))).toEqual([])
  })

  it('is not kept where Node is told not to', async () => {
    const cache = await folder()
    const env = { XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: '1' }
    expect(await runBinary(['--version'], env)).toMatchObject({ status: 0 })
    expect(await readdir(cache)).toEqual([])
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

/** Damages one byte, so far into the file. */
async function flip(file: string, share: number): Promise<void> {
  const bytes = await readFile(file)
  const at = Math.floor(bytes.length * share)
  bytes[at] = (bytes[at] ?? 0) ^ 0x55
  await writeFile(file, bytes)
}
