import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.js'
import { BINARY, finish, runBinary, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { needsPosix } from '../helpers/platform.js'
import { sandbox } from '../helpers/sandbox.js'
import { isRoot } from '../helpers/user.js'

needsPosix('owners and modes of files')

const run = promisify(execFile)

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ENGINE = `${process.version}-${process.arch}`

const compiledIn = (cache: string) => join(cache, 'glance-tasks/compiled', ENGINE)

/** A command line that loads the main file. `--version` alone does not. */
const VERSION_LINE = ['--version', '--quiet']

/** Runs a command that must succeed whatever the cache contains. Returns the path of the cached main file. */
async function versionWith(cache: string): Promise<string> {
  expect(await runBinary(VERSION_LINE, { XDG_CACHE_HOME: cache })).toEqual({
    status: 0,
    signal: null,
    stdout: `${VERSION}\n`,
    stderr: '',
  })
  return join(compiledIn(cache), 'main.js')
}

const inode = async (file: string) => (await stat(file)).ino

describe('the compile cache', () => {
  it('is readable by its owner only, and the next run uses it unchanged', async () => {
    const cache = await folder()
    const file = await versionWith(cache)
    const first = await inode(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(compiledIn(cache))).mode & 0o777).toBe(0o700)
    await versionWith(cache)
    expect(await inode(file)).toBe(first)
  })

  it('contains every file that a command loads, even if V8 is tuned meanwhile', async () => {
    const cache = await folder()
    const file = join(cache, 'clouds.yaml')
    await writeFile(file, (await sandbox({ seed: 5001 })).cloudsYaml)
    const env = { XDG_CACHE_HOME: cache, OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox' }
    const list = async (limit: number) => {
      const { status, stdout } = await runBinary(['list', '--limit', String(limit), '-f', 'value', '-c', 'id'], env)
      expect(status).toBe(0)
      return stdout.split('\n')[0] ?? ''
    }
    // The first one logs in, and the last one is long enough to set more flags.
    const id = await list(1)
    await list(1)
    await list(5001)
    const names = await readdir(compiledIn(cache))
    expect(names).toEqual(expect.arrayContaining(['main.js', 'commands.js', 'cloud.js', 'formats.js']))
    const inodes = () => Promise.all(names.map((name) => inode(join(compiledIn(cache), name))))
    const before = await inodes()
    await list(5001)
    expect(await inodes()).toEqual(before)
    // It loads the format after the request, when flags are set.
    expect(await runBinary(['get', id, '-f', 'json'], env)).toMatchObject({ status: 0 })
    expect(await inodes()).toEqual(before)
  })

  it('contains the code that was loaded, even if the program is replaced meanwhile', async () => {
    const [cache, program] = [await folder(), await folder()]
    for (const part of ['bin', 'dist']) await cp(join(ROOT, part), join(program, part), { recursive: true })
    const main = join(program, 'dist/cli/main.js')
    const source = await readFile(main, 'utf8')
    const binary = join(program, 'bin/glance-tasks.js')
    const child = start(['get', '-'], { XDG_CACHE_HOME: cache }, binary)
    // It takes so much text only when it reads, and then it has been loaded.
    await new Promise((resolve) => child.stdin?.write(' '.repeat(1_000_000), resolve))
    const version = 'throw new Error("the new one")'
    await writeFile(main, `${version}//${source.slice(version.length + 2)}`)
    child.stdin?.end()
    expect(await finish(child)).toMatchObject({ status: 2 })
    expect(await readFile(join(compiledIn(cache), 'main.js'), 'latin1')).toContain(source)
    expect(await runBinary(VERSION_LINE, { XDG_CACHE_HOME: cache }, binary)).toMatchObject({ status: 1 })
  })

  it('of a Node with other flags of V8 is separate', async () => {
    const cache = await folder()
    const plain = await versionWith(cache)
    const first = await inode(plain)
    const env = { PATH: process.env.PATH, XDG_CACHE_HOME: cache }
    const withFlag = async () => {
      await run(process.execPath, ['--stack-size=900', BINARY, ...VERSION_LINE], { env })
      const [other, ...more] = (await readdir(join(cache, 'glance-tasks/compiled'))).filter((name) => name !== ENGINE)
      expect(more).toEqual([])
      return inode(join(cache, 'glance-tasks/compiled', other ?? '', 'main.js'))
    }
    const second = await withFlag()
    await versionWith(cache)
    expect(await inode(plain)).toBe(first)
    expect(await withFlag()).toBe(second)
  })

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['is of another source', (file) => flip(file, 0.01)],
    ['is damaged', (file) => flip(file, 0.6)],
    ['is damaged in its second half', (file) => flip(file, 0.99)],
    ['was cut short', async (file) => truncate(file, (await stat(file)).size - 1000)],
    ['is empty', (file) => truncate(file, 0)],
    ['is writable by others', (file) => chmod(file, 0o666)],
  ])('does not use an entry that %s, and replaces it', async (_, spoil) => {
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

  it('is silently left out where it cannot be written', async () => {
    const cache = await folder()
    await writeFile(join(cache, 'glance-tasks'), 'a file in the way')
    await expect(versionWith(cache)).resolves.toBeDefined()
    await versionWith('/proc/nowhere')
    const blocked = await folder()
    await mkdir(join(compiledIn(blocked), 'main.js'), { recursive: true })
    await versionWith(blocked)
  })
})

describe('compiled code that was not used for a long time', () => {
  const daysAgo = (days: number) => Date.now() / 1000 - days * 24 * 3600

  /** Writes a file that was last used some days ago, in the folder of an engine. */
  async function put(cache: string, engine: string, name: string, days: number): Promise<string> {
    const folder = join(cache, 'glance-tasks/compiled', engine)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, name)
    await writeFile(file, 'x')
    await utimes(file, daysAgo(days), daysAgo(days))
    await utimes(folder, daysAgo(days), daysAgo(days))
    return file
  }

  it('is deleted when a run compiles, and nothing else is', async () => {
    const cache = await folder()
    await versionWith(cache)
    const outside = await folder()
    await writeFile(join(outside, 'main.js'), 'x')
    await utimes(join(outside, 'main.js'), daysAgo(100), daysAgo(100))
    const old = [
      await put(cache, 'v1.2.3-x64', 'main.js', 61),
      await put(cache, 'v1.2.3-x64', 'main.js.123.456', 61),
      await put(cache, 'v1.2.3-x64-789', 'cloud.js', 61),
      await put(cache, ENGINE, 'chunk-of-an-old-version.js', 61),
    ]
    const kept = [
      await put(cache, 'v1.2.4-x64', 'main.js', 59),
      await put(cache, 'v1.2.5-x64', 'notes.txt', 100),
      await put(cache, 'mine', 'main.js', 100),
    ]
    const compiled = join(cache, 'glance-tasks/compiled')
    await symlink(outside, join(compiled, 'v1.2.6-x64'))
    await symlink(join(outside, 'main.js'), join(compiled, 'v1.2.5-x64', 'main.js'))
    // A run that finds all of its code deletes nothing.
    await versionWith(cache)
    expect(old.filter((file) => existsSync(file))).toEqual(old)
    await flip(join(compiledIn(cache), 'main.js'), 0.01)
    await versionWith(cache)
    expect(old.filter((file) => existsSync(file))).toEqual([])
    expect([...kept, join(outside, 'main.js')].filter((file) => !existsSync(file))).toEqual([])
    expect((await readdir(compiled)).sort()).toEqual([ENGINE, 'mine', 'v1.2.4-x64', 'v1.2.5-x64', 'v1.2.6-x64'].sort())
  })

  it('is not what a run uses: it marks its files once a week', async () => {
    const cache = await folder()
    const file = await versionWith(cache)
    const first = await inode(file)
    await utimes(file, daysAgo(6), daysAgo(6))
    await versionWith(cache)
    expect((await stat(file)).mtimeMs / 1000).toBeCloseTo(daysAgo(6), -3)
    await utimes(file, daysAgo(70), daysAgo(70))
    await versionWith(cache)
    expect((await stat(file)).mtimeMs / 1000).toBeCloseTo(daysAgo(0), -3)
    // It was used, and not compiled again.
    expect(await inode(file)).toBe(first)
  })
})

/** The files below a directory, without following links. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

describe('the directory of the compile cache', () => {
  const steps = ['glance-tasks', 'glance-tasks/compiled', `glance-tasks/compiled/${ENGINE}`]

  it.each(['000', '022', '077'])('is private under umask %s, and is used', async (umask) => {
    const cache = join(await folder(), 'cache')
    const env = { PATH: process.env.PATH, XDG_CACHE_HOME: cache }
    await run('/bin/sh', ['-c', `umask ${umask} && exec "$0" "$@"`, process.execPath, BINARY, ...VERSION_LINE], { env })
    for (const step of ['', ...steps]) expect((await stat(join(cache, step))).mode & 0o777).toBe(0o700)
    expect(await filesIn(cache)).not.toEqual([])
  })

  /** A valid cache directory without any entry. */
  async function emptyCache(): Promise<string> {
    const cache = join(await folder(), 'cache')
    for (const step of ['', ...steps]) await mkdir(join(cache, step), { mode: 0o700 })
    return cache
  }

  const faults: [string, (path: string) => Promise<unknown>][] = [
    ['is writable by its group', (path) => chmod(path, 0o770)],
    ['is writable by others', (path) => chmod(path, 0o702)],
    // Only root can change the owner of a directory.
    ...(isRoot
      ? [['belongs to another user', (path: string) => chown(path, 65534, 65534)] as (typeof faults)[number]]
      : []),
  ]

  /** What is done to an empty cache directory, and whether the program uses it then. */
  const directories: [string, prepare: (cache: string) => Promise<unknown>, isUsed: boolean][] = [
    ['that exists already', async () => {}, true],
    ...['', ...steps].flatMap((step) =>
      faults.map(([what, spoil]): (typeof directories)[number] => [
        `of which ${step || 'the cache'} ${what}`,
        (cache) => spoil(join(cache, step)),
        false,
      ]),
    ),
    ...steps.map((step): (typeof directories)[number] => [
      `of which ${step} is a link`,
      async (cache) => {
        await rename(join(cache, step), join(cache, 'elsewhere'))
        await symlink(join(cache, 'elsewhere'), join(cache, step))
      },
      false,
    ]),
    // Its contents may be older than its mode.
    ['that others can read', (cache) => chmod(join(cache, steps.at(-1) ?? ''), 0o755), false],
    ['in a directory that everybody can write to', (cache) => chmod(dirname(cache), 0o777), false],
    ['in a sticky directory, of root or of another user', (cache) => chmod(dirname(cache), 0o1777), isRoot],
  ]

  it('is used only if no other user can write to it', async () => {
    const cases = await Promise.all(
      directories.map(async ([name, prepare, isUsed]) => {
        const cache = await emptyCache()
        await writeFile(join(dirname(cache), 'main.js'), '')
        await prepare(cache)
        return { name, cache, isUsed }
      }),
    )
    // One process for all directories. Each has a program of its own.
    const script = `const { loaderOf } = require(${JSON.stringify(join(ROOT, 'bin/compile-cache.js'))})
      const { dirname } = require('node:path')
      for (const cache of process.argv.slice(2)) loaderOf(dirname(cache), cache, (run) => run())('./main.js')`
    const file = join(await folder(), 'script.cjs')
    await writeFile(file, script)
    await run(process.execPath, [file, ...cases.map(({ cache }) => cache)], { env: { PATH: process.env.PATH } })
    const used = await Promise.all(
      cases.map(async ({ name, cache }) => [name, (await filesIn(cache)).length > 0] as const),
    )
    expect(Object.fromEntries(used)).toEqual(Object.fromEntries(cases.map(({ name, isUsed }) => [name, isUsed])))
  })

  it('is not created if NODE_DISABLE_COMPILE_CACHE is set', async () => {
    const cache = await folder()
    const env = { XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: '1' }
    expect(await runBinary(VERSION_LINE, env)).toMatchObject({ status: 0 })
    expect(await readdir(cache)).toEqual([])
  })
})

/** Damages one byte, at this share of the file. */
async function flip(file: string, share: number): Promise<void> {
  const bytes = await readFile(file)
  const at = Math.floor(bytes.length * share)
  bytes[at] = (bytes[at] ?? 0) ^ 0x55
  await writeFile(file, bytes)
}
