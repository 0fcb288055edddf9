// In a file of its own: only a process may change its working directory, no worker thread.
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/index.js'
import { needsPosix } from '../helpers/platform.js'

needsPosix('a working directory that can be deleted')

it('connect() rejects a working directory that was deleted', async () => {
  const before = process.cwd()
  const gone = mkdtempSync(join(tmpdir(), 'glance-tasks-gone-'))
  process.chdir(gone)
  onTestFinished(() => process.chdir(before))
  rmdirSync(gone)
  await expect(connect({ cloud: 'x' })).rejects.toMatchObject({
    code: 'configuration',
    message: 'The working directory no longer exists.',
  })
})
