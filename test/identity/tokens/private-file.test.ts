import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makePrivateFolder } from '../../../src/identity/tokens/private-file.js'
import { folder } from '../../helpers/cli.js'

it('makes a folder and what is above it, for its owner alone', async () => {
  const made = join(await folder(), 'a/b/c')
  for (let i = 0; i < 2; i++) await makePrivateFolder(made, 'linux')
  expect((await lstat(made)).mode & 0o777).toBe(0o700)
})

it.runIf(process.platform === 'linux')('fails, and comes back, where no folder can be made', async () => {
  await expect(makePrivateFolder('/proc/.cache/glance-tasks', 'linux')).rejects.toThrow('ENOENT')
})
