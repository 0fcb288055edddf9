// Runs the main workflow in the sandbox: creates a task, waits for it, lists it, and shows it.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const program = inRoot('bin/glance-tasks.js')

if (process.argv[2] !== 'in-sandbox') {
  run(['sandbox', '--', process.execPath, fileURLToPath(import.meta.url), 'in-sandbox'])
} else {
  const input = 'examples/import.json'
  const id = show(['create', '--type', 'import', '--input', input, '--wait', '-f', 'value', '-c', 'id'])
  show(['list'])
  show(['get', id.trim(), '-f', 'json'])
}

/** Prints a command line, runs it, and prints its output. */
function show(args) {
  console.log(`$ glance-tasks ${args.join(' ')}`)
  const stdout = run(args, ['inherit', 'pipe', 'inherit'])
  console.log(stdout)
  return stdout
}

function run(args, stdio = 'inherit') {
  const { status, stdout } = spawnSync(process.execPath, [program, ...args], {
    stdio,
    encoding: 'utf8',
    cwd: inRoot('.'),
  })
  if (status !== 0) process.exit(status ?? 1)
  return stdout
}
