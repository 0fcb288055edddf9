import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { formatCachedToken, tokenFolder } from '../../../src/identity/tokens/cached-token.js'
import { forgetTokens } from '../../../src/identity/tokens/forget-tokens.js'
import { cloudFolder } from '../../helpers/cloud-folder.js'
import { IS_WINDOWS } from '../../helpers/platform.js'

/** A folder with a token for each of these clouds, and a file that is not a token. */
function machine(...clouds: string[]) {
  const { environment, write } = cloudFolder()
  const folder = tokenFolder(environment)
  const login = { headers: { 'x-auth-token': 't' }, renewAt: 1, catalog: [] }
  for (const cloud of clouds) {
    const file = join(folder, `${cloud}.json`)
    write(
      `home/.cache/glance-tasks/tokens/${cloud}.json`,
      formatCachedToken({ cloud, holder: undefined, savedAt: 0, login }),
    )
    chmodSync(file, 0o600)
  }
  return { environment, folder, left: () => readdirSync(folder).sort() }
}

test('without a cache, there is nothing to delete', async () => {
  expect(await forgetTokens(machine().environment)).toBe(0)
})

test('all files are deleted, also those that are not tokens', async () => {
  const { environment, folder, left } = machine('one', 'two')
  writeFileSync(join(folder, 'torn.json'), '{', { mode: 0o600 })
  expect(await forgetTokens(environment)).toBe(3)
  expect(left()).toEqual([])
})

test('only the tokens of the named clouds are deleted', async () => {
  const { environment, folder, left } = machine('one', 'two', 'three')
  writeFileSync(join(folder, 'torn.json'), '{', { mode: 0o600 })
  expect(await forgetTokens(environment, ['one', 'three', 'four'])).toBe(2)
  expect(left()).toEqual(['torn.json', 'two.json'])
  expect(await forgetTokens(environment, [])).toBe(0)
})

// On Windows, several processes can delete one file.
test.skipIf(IS_WINDOWS)('files that another process deletes meanwhile are not counted', async () => {
  const { environment, left } = machine(...Array.from({ length: 20 }, (_, i) => `cloud${i}`))
  const counts = await Promise.all([1, 2, 3].map(() => forgetTokens(environment)))
  expect(counts.reduce((sum, count) => sum + count)).toBe(20)
  expect(left()).toEqual([])
})

test('a failed deletion is an error that names the folder and the reason', async () => {
  const { environment, folder } = machine('one')
  mkdirSync(join(folder, 'folder.json'))
  await expect(forgetTokens(environment)).rejects.toThrow(folder)
  await expect(forgetTokens(environment)).rejects.toMatchObject({
    code: 'cache',
    message: expect.stringMatching(/: (it is a directory|permission denied)\.$/),
    hint: expect.any(String),
    cause: expect.any(Error),
  })
})

test('a file where the folder should be is an error', async () => {
  const { environment, write } = cloudFolder()
  write('home/.cache/glance-tasks/tokens', '')
  await expect(forgetTokens(environment)).rejects.toThrow(/: its parent is not a directory\.$/)
})

test('files with other names are left', async () => {
  const { environment, folder, left } = machine('one')
  writeFileSync(join(folder, 'one.json.k3j2h1'), '{', { mode: 0o600 })
  writeFileSync(join(folder, 'notes.txt'), 'mine', { mode: 0o600 })
  expect(await forgetTokens(environment)).toBe(2)
  expect(left()).toEqual(['notes.txt'])
})

// Another user may have put it there, if the cache directory is shared.
test.skipIf(IS_WINDOWS).each(['tokens', '.'])(
  'nothing is deleted behind a link in place of the folder %s',
  async (name) => {
    const { environment, root, write } = cloudFolder()
    write('home/mine/tokens/letter.json', 'dear')
    write('home/mine/letter.json', 'dear')
    const link = join(root, 'home/.cache/glance-tasks', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'home/mine'), link)
    await expect(forgetTokens(environment)).rejects.toThrow(
      /Cannot delete the tokens in .*: its directory is a link\.$/,
    )
    expect(readFileSync(join(root, 'home/mine/letter.json'), 'utf8')).toBe('dear')
    expect(readFileSync(join(root, 'home/mine/tokens/letter.json'), 'utf8')).toBe('dear')
  },
)
