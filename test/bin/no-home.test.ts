import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { finish, wordsFor } from '../helpers/binary.js'
import { isRoot } from '../helpers/user.js'

// Only root can start a process as a user who does not exist, as containers do.
describe.runIf(isRoot)('a user without a name and a home directory', () => {
  it('can run commands', async () => {
    const [command, ...words] = wordsFor()
    const env = { XDG_CONFIG_DIRS: '/nowhere' }
    const child = spawn(command, [...words, 'clouds', '-f', 'json'], { cwd: '/', env, uid: 54_321, gid: 54_321 })
    const { status, stdout, stderr } = await finish(child)
    expect({ status, stdout }).toEqual({ status: 0, stdout: '[]\n' })
    expect(stderr).toContain('no cloud is configured')
  })
})
