// The second step of action.yml: runs glance-tasks, and writes the outputs and the summary of the job.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { annotate } from './annotate.js'
import { commandLine } from './command-line.js'
import { folderOf } from './folder.js'
import { summaryOf } from './summary.js'

const { env } = process
const started = Date.now()

try {
  const { argv, cloud } = commandLine(env)
  const { status, stdout, errors } = await run(argv, cloud)
  const tasks = tasksIn(stdout)
  const plan = tasks.length === 0 && status === 0 ? stdout.trimEnd() : ''
  const outcome = { tasks, plan, errors, status, seconds: Math.round((Date.now() - started) / 1000) }
  writeOutputs(outcome)
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, summaryOf(argv[0], outcome))
  if (status !== 0) annotate(errors[0]?.message ?? `glance-tasks ended with status ${status}.`)
  process.exitCode = status
} catch (error) {
  annotate(error.message)
  process.exitCode = 2
}

/** Runs the program. Its messages go to the log, its output is kept. */
async function run(argv, cloud) {
  const program = join(folderOf(env), 'node_modules/glance-tasks/bin/glance-tasks.js')
  const child = spawn(process.execPath, [program, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cloud ? { ...env, OS_CLOUD: cloud } : env,
  })
  // On Windows, a signal reaches both, and passing it on would kill the program.
  const passOn = process.platform === 'win32' ? () => {} : (signal) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, passOn)
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  // The runner reads commands (::error::) in the log. A message of the server must not be one.
  const mark = randomUUID()
  process.stderr.write(`::stop-commands::${mark}\n`)
  const [stdout, stderr, status] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr, (text) => process.stderr.write(text)),
    ended,
  ])
  process.stderr.write(`\n::${mark}::\n`)
  return { status, stdout, errors: stderr.split('\n').flatMap(errorIn) }
}

async function textOf(stream, onText = () => {}) {
  let all = ''
  for await (const text of stream.setEncoding('utf8')) {
    all += text
    onText(text)
  }
  return all
}

/**
 * The tasks that the program printed: none, one object, or a list. None after a dry run, or if something ended the program in the
 * middle.
 */
function tasksIn(stdout) {
  try {
    return [JSON.parse(stdout)].flat().filter(({ id }) => id !== undefined)
  } catch {
    return []
  }
}

/** With `--format json`, an error is a JSON object on a line of its own; with `--progress json`, it is in an event. */
function errorIn(line) {
  if (!line.startsWith('{')) return []
  try {
    return JSON.parse(line).error ?? []
  } catch {
    return [] // a line that looks like one
  }
}

function writeOutputs({ tasks, status }) {
  const statuses = tasks.map((task) => task.status)
  const worst = ['failure', 'pending', 'processing', 'success'].find((each) => statuses.includes(each))
  const outputs = {
    'task-id': tasks.map(({ id }) => word(id)).join(' '),
    'image-id': [...new Set(tasks.map((task) => word(task.image_id ?? task.result?.image_id)).filter(Boolean))].join(
      ' ',
    ),
    status: word(worst ?? statuses[0]),
    'exit-status': status,
  }
  if (!env.GITHUB_OUTPUT) return
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`)
  appendFileSync(env.GITHUB_OUTPUT, lines.join(''))
}

/** Text of a server without what begins another output or, if a workflow uses the output in a script, a command. */
function word(text) {
  return String(text ?? '').replace(/[^\w.-]/g, '')
}
