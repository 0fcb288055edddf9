// Lists a million tasks: how fast, and whether memory stays constant.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compare, run, spread } from '../measure.js'
import { environmentFor, folder, glanceTasks, script } from '../program.js'
import { startTasks } from '../servers/start.js'

const PEAK_MEMORY = fileURLToPath(new URL('../peak-memory.cjs', import.meta.url))

export const title = '`list -f jsonl` of 1 000 000 tasks from a local generator'

export async function measure({ node }) {
  const server = await startTasks({ TASKS: 1_000_000 })
  const small = await startTasks({ TASKS: 10_000 })
  try {
    const bare = { name: 'bare loop', argv: script(node, 'peers/bare-list.js', server.url) }
    const ours = {
      name: 'list -f jsonl',
      argv: glanceTasks(node, 'list', '-f', 'jsonl'),
      env: environmentFor(server.url),
    }
    const { times, ratio } = await compare([bare, ours], 3)
    const much = await peak(ours)
    const little = await peak({ ...ours, env: environmentFor(small.url) })
    const figures = [
      { name: 'speed of list', goal: '≥ 0.7 × bare loop', ratio: ratio('bare loop', 'list -f jsonl'), least: 0.7 },
      { name: 'memory at 1 000 000', goal: '≤ 1.25 × at 10 000', ratio: spread([much / little]), most: 1.25 },
    ]
    return {
      times,
      figures,
      notes: [`Peak memory: ${much.toFixed(0)} MiB at 1 000 000 tasks, ${little.toFixed(0)} MiB at 10 000.`],
    }
  } finally {
    server.stop()
    small.stop()
  }
}

/** The peak memory of a command in MiB, as the median of three runs. */
async function peak(timed) {
  const file = join(folder, 'peak')
  const env = { ...timed.env, NODE_OPTIONS: `--require "${PEAK_MEMORY}"`, PEAK: file }
  const peaks = []
  for (let i = 0; i < 3; i++) {
    await run({ ...timed, env })
    peaks.push(Number(readFileSync(file, 'utf8')) / 1024)
  }
  return spread(peaks).median
}
