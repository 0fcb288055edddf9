import { execFileSync } from 'node:child_process'
import { chmod, chown, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { makePrivateFolder, readPrivate, replacePrivate } from '../../../src/identity/tokens/private-file.js'
import { folder } from '../../helpers/cli.js'
import { IS_LINUX, needsPosix } from '../../helpers/platform.js'
import { isRoot } from '../../helpers/user.js'

needsPosix('owners and modes of files')

async function privateFile(): Promise<string> {
  const file = join(await folder(), 'file')
  await writeFile(file, 'mine', { mode: 0o600 })
  return file
}

describe('reading a private file', () => {
  it('returns the text of a file that only its owner can access', async () => {
    const file = await privateFile()
    expect(await readPrivate(file, 'linux')).toBe('mine')
    await chmod(file, 0o400)
    expect(await readPrivate(file, 'linux')).toBe('mine')
  })

  it.each([0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666])('refuses the mode %o, except on Windows', async (mode) => {
    const file = await privateFile()
    await chmod(file, mode)
    await expect(readPrivate(file, 'linux')).rejects.toThrow('other users can read or write it')
    expect(await readPrivate(file, 'win32')).toBe('mine')
  })

  // Only root can change the owner of a file.
  it.runIf(isRoot)('refuses the file of another user', async () => {
    const file = await privateFile()
    await chown(file, 65534, 65534)
    await expect(readPrivate(file, 'linux')).rejects.toThrow('it belongs to another user')
  })

  it.each<[string, (file: string) => unknown, string]>([
    ['a link to a file that is its owner’s alone', (file) => symlink(`${file}.real`, file), 'ELOOP'],
    [
      'a pipe, without waiting for a writer',
      (file) => execFileSync('mkfifo', ['-m', '600', file]),
      'it is not a regular file',
    ],
    ['a folder', (file) => mkdir(file, { mode: 0o700 }), 'it is not a regular file'],
    ['no file', () => {}, 'ENOENT'],
  ])('rejects %s', async (_, make, message) => {
    const file = await privateFile()
    await writeFile(`${file}.real`, 'mine', { mode: 0o600 })
    await rm(file)
    await make(file)
    await expect(readPrivate(file, 'linux')).rejects.toThrow(message)
  })
})

describe('replacing a private file', () => {
  it.each<[string, (file: string) => unknown]>([
    ['a file that others may read', (file) => chmod(file, 0o666)],
    ['no file', (file) => rm(file)],
    ['a pipe', (file) => rm(file).then(() => execFileSync('mkfifo', [file]))],
    ['a link', (file) => rm(file).then(() => symlink(`${file}.real`, file))],
  ])('replaces %s by a file of mode 600, and leaves no temporary file', async (_, make) => {
    const file = await privateFile()
    await writeFile(`${file}.real`, 'left alone')
    await make(file)
    await replacePrivate(file, 'new')
    expect((await lstat(file)).isFile()).toBe(true)
    expect((await lstat(file)).mode & 0o777).toBe(0o600)
    expect(await readPrivate(file, 'linux')).toBe('new')
    expect(await readFile(`${file}.real`, 'utf8')).toBe('left alone')
    expect((await readdir(join(file, '..'))).sort()).toEqual(['file', 'file.real'])
  })

  it('leaves no temporary file after a failure', async () => {
    const file = await privateFile()
    await rm(file)
    await mkdir(join(file, 'full'), { recursive: true })
    await expect(replacePrivate(file, 'new')).rejects.toThrow()
    expect(await readdir(join(file, '..'))).toEqual(['file'])
  })
})

describe('the private folder', () => {
  it('is made private', async () => {
    const made = join(await folder(), 'made')
    await mkdir(made, { mode: 0o755 })
    await makePrivateFolder(made, 'linux')
    expect((await lstat(made)).mode & 0o777).toBe(0o700)
  })

  it('is rejected if it is a link or a file', async () => {
    const above = await folder()
    await symlink(await folder(), join(above, 'link'))
    await writeFile(join(above, 'file'), '')
    await expect(makePrivateFolder(join(above, 'link'), 'linux')).rejects.toThrow('its directory is a link')
    await expect(makePrivateFolder(join(above, 'file'), 'linux')).rejects.toThrow('its parent is not a directory')
  })

  it('is rejected if the folder above is a link', async () => {
    const above = await folder()
    const link = join(above, 'link')
    await symlink(await folder(), link)
    await expect(makePrivateFolder(join(link, 'tokens'), 'linux')).rejects.toThrow('its directory is a link')
  })

  it.runIf(isRoot)('is refused where it belongs to another user', async () => {
    const made = await folder()
    await chown(made, 65534, 65534)
    await expect(makePrivateFolder(made, 'linux')).rejects.toThrow('its directory belongs to another user')
  })
})

// A thread, in which the mutation tests run, cannot change the umask.
it.skipIf(!isMainThread)('a folder and a file are accessible to their owner under any umask', async () => {
  const made = join(await folder(), 'above', 'made')
  const before = process.umask(0o777)
  try {
    await makePrivateFolder(made, 'linux')
    await replacePrivate(join(made, 'file'), 'text')
  } finally {
    process.umask(before)
  }
  const modes = await Promise.all([join(made, '..'), made, join(made, 'file')].map((path) => lstat(path)))
  expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '700', '600'])
})

it('is created with its parents, for its owner only', async () => {
  const made = join(await folder(), 'a/b/c')
  for (let i = 0; i < 2; i++) await makePrivateFolder(made, 'linux')
  expect((await lstat(made)).mode & 0o777).toBe(0o700)
})

it.runIf(IS_LINUX)('fails, and comes back, where no folder can be made', async () => {
  await expect(makePrivateFolder('/proc/.cache/glance-tasks', 'linux')).rejects.toThrow('ENOENT')
})
