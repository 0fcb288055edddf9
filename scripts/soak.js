// Runs the unit suite again and again while other processes take all the processor time: a test that fails now and then,
// or only on a busy machine, fails here.
//
//   npm run soak -- [--rounds N] [--burners N] [TEST FILES...]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '10' }, burners: { type: 'string', default: '6' } },
})
/** A round that takes longer, in milliseconds, hangs. */
const LONGEST_ROUND = 30 * 60_000
// A burner ends by itself when this process is gone.
const BURN = 'const { ppid } = process; while (process.ppid === ppid) for (let i = 0; i < 1e8; i++);'

const burners = Array.from({ length: Number(values.burners) }, () => spawn(process.execPath, ['-e', BURN]))
const failed = []
try {
  for (let round = 1; round <= Number(values.rounds); round++) {
    const started = performance.now()
    const passed = await runSuite()
    const seconds = Math.round((performance.now() - started) / 1000)
    console.log(`== round ${round} of ${values.rounds}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s`)
    if (!passed) failed.push(round)
  }
} finally {
  for (const burner of burners) burner.kill('SIGKILL')
}
console.log(
  failed.length === 0
    ? `all ${values.rounds} rounds passed beside ${burners.length} busy processes`
    : `${failed.length} of ${values.rounds} rounds failed: ${failed.join(', ')}`,
)
process.exitCode = failed.length === 0 ? 0 : 1

async function runSuite() {
  const argv = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--reporter=dot', ...positionals]
  const suite = spawn(process.execPath, argv, { cwd: root, stdio: 'inherit', timeout: LONGEST_ROUND })
  const [status] = await once(suite, 'exit')
  return status === 0
}
