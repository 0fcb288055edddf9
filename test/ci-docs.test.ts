import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { exampleWorlds } from './helpers/example-cloud.js'
import { needsPosix } from './helpers/platform.js'

needsPosix('a POSIX shell')

/** Runs a script of docs/ci.md in a cloud whose imports end with this status. */
async function inCloud(status: 0 | 3, script: string) {
  const { cwd, env, close } = await (await exampleWorlds())({ from: 'docs/ci.md', script, status })
  const ran = promisify(execFile)('sh', ['-c', script], { cwd, env })
  const result = await ran.then(
    (output) => ({ ...output, code: 0 }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
  await close()
  return result as { code: number; stdout: string; stderr: string }
}

it('the script for cron prints nothing unless something failed', async () => {
  expect(await inCloud(0, '"$HOME/bin/nightly-images"')).toEqual({ code: 0, stdout: '', stderr: '' })
  const { code, stdout, stderr } = await inCloud(3, '"$HOME/bin/nightly-images"')
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
  expect(stdout).toMatch(/image-2 .*failed/)
})

it('a second run of cron does not start while the first one runs', async () => {
  const nested = `flock -n lock -c 'flock -n lock "$HOME/bin/nightly-images" || echo "status $?"'`
  expect(await inCloud(3, nested)).toEqual({ code: 0, stdout: 'status 1\n', stderr: '' })
})

it('the script for messages stops the commands of the runner while it prints them, even if it fails', async () => {
  const { stdout, code } = await inCloud(3, 'bin/show-messages')
  const [, token = '', messages = ''] = /^::stop-commands::([0-9a-f]{32})\n([\s\S]*)::\1::\n$/.exec(stdout) ?? []
  expect({ code, token }).toEqual({ code: 0, token: expect.stringMatching(/./) })
  expect(messages).not.toContain(token)
  const failed = await inCloud(3, 'OS_CLOUD=nowhere OS_AUTH_URL= bin/show-messages')
  expect(failed.code).not.toBe(0)
  expect(failed.stdout).toMatch(/^::stop-commands::([0-9a-f]{32})\n::\1::\n$/)
})

it('the shell script prints the image, and explains a failure', async () => {
  const done = await inCloud(0, 'bin/import-image')
  expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36}\n$/) })
  const failed = await inCloud(3, 'bin/import-image')
  expect(failed.code).toBe(3)
  expect(failed.stderr).toMatch(/^Cause +The source does not exist/m)
})
