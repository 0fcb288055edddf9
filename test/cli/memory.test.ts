import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { BINARY } from '../helpers/binary.js'
import { needsLinux } from '../helpers/platform.js'

needsLinux('the memory management of Linux')

/** The memory that a long list takes, of the real program: `npm run build` comes first. */

const helper = (name: string) => fileURLToPath(new URL(`../helpers/${name}`, import.meta.url))

/** Lists this many generated tasks as JSON lines. Returns the number of lines and the peak memory in KiB. */
async function listOf(count: number): Promise<{ lines: number; maxRss: number }> {
  const glance = spawn(process.execPath, [helper('endless-glance.js'), String(count)])
  onTestFinished(() => void glance.kill())
  const [url] = (await once(glance.stdout, 'data')) as [Buffer]
  const options = ['--os-auth-url', String(url).trim(), '--os-username', 'admin', '--os-password', 'secret']
  const scope = ['--os-project-name', 'admin', '--os-user-domain-id', 'default', '--os-project-domain-id', 'default']
  const argv = ['--require', helper('memory-probe.cjs'), BINARY, 'list', '-f', 'jsonl', ...options, ...scope]
  const child = spawn(process.execPath, argv, { env: { HOME: '/dev/null' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let lines = 0
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    // Ten times as fast as a loop over the bytes.
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const [status] = await once(child, 'close')
  expect(status, errors).toBe(0)
  glance.kill()
  return { lines, maxRss: Number(/maxrss=(\d+)/.exec(errors)?.[1]) }
}

// The benchmark compares them more closely (bench/RESULTS.md). Here, the peak depends on when garbage is collected, and so
// on what else the machine does; but a list that kept the ID of each task would not pass.
it('a list of half a million tasks takes hardly more memory than one of ten thousand', async () => {
  const few = await listOf(10_000)
  const many = await listOf(500_000)
  console.log(`memory: ${few.maxRss} KiB for 10 000 tasks, ${many.maxRss} KiB for 500 000`)
  expect(few.lines).toBe(10_000)
  expect(many.lines).toBe(500_000)
  expect(many.maxRss).toBeLessThan(few.maxRss * 1.4)
}, 240_000)
