import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeReport } from '../../../src/cli/import/report-file.js'
import { AbortedError } from '../../../src/errors.js'
import { folder } from '../../helpers/cli.js'
import { needsPosix } from '../../helpers/platform.js'

needsPosix('a named pipe')

it('Ctrl-C ends the wait for the reader of a report', async () => {
  const cwd = await folder()
  execFileSync('mkfifo', [join(cwd, 'pipe')])
  const interruption = new AbortController()
  const written = writeReport({ cwd, signal: interruption.signal }, 'pipe', 'report')
  interruption.abort('SIGINT')
  await expect(written).rejects.toThrow(new AbortedError('Interrupted. The report pipe is incomplete.'))
  // Ends the thread that opens the pipe.
  await readFile(join(cwd, 'pipe'))
})

it('an interrupted import writes its report', async () => {
  const cwd = await folder()
  await writeReport({ cwd, signal: AbortSignal.abort() }, 'report.xml', 'report')
  expect(await readFile(join(cwd, 'report.xml'), 'utf8')).toBe('report')
})
