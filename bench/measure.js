// Times commands side by side. Each round runs them in another order, so that other load on the machine affects them alike.
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'

/**
 * A command to time. `status` is its expected exit status (default 0); `before` runs before each start.
 * @typedef {{ name: string, argv: string[], env?: Record<string, string>, status?: number, before?: () => void }} Timed
 */

// Opened for writing, as a shell opens it for `> /dev/null`. 'ignore' would also open it for reading.
const NOWHERE = openSync('/dev/null', 'w')

/** Runs a command, discards its output, and resolves to its duration in milliseconds. */
export async function run({ argv, env = {}, status = 0 }) {
  const [command, ...args] = argv
  const started = process.hrtime.bigint()
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', NOWHERE, 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-2000)
  })
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  const ms = Number(process.hrtime.bigint() - started) / 1e6
  if (code !== status) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`)
  return ms
}

/**
 * Times commands in a warm-up round and `rounds` further rounds. Ratios and differences compare times of the same round.
 * Every result is a median with its quartiles.
 */
export async function compare(timed, rounds) {
  const times = timed.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < timed.length; i++) {
      const turn = (i + Math.max(round, 0)) % timed.length
      timed[turn].before?.()
      const ms = await run(timed[turn])
      if (round >= 0) times[turn].push(ms)
    }
  }
  const at = (name) => times[timed.findIndex((each) => each.name === name)]
  return {
    times: Object.fromEntries(timed.map(({ name }, i) => [name, spread(times[i])])),
    ratio: (name, other) => spread(at(name).map((ms, i) => ms / at(other)[i])),
    difference: (name, other) => spread(at(name).map((ms, i) => ms - at(other)[i])),
  }
}

/** Median and quartiles. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (q, round) => sorted[round((sorted.length - 1) * q)]
  return { median: at(0.5, Math.round), low: at(0.25, Math.floor), high: at(0.75, Math.ceil) }
}

/** `1.23 (1.20–1.31)` */
export function format({ median, low, high }, digits = 2) {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}
