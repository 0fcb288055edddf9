// The main job, end to end, without a cloud: in the sandbox a task is created and followed to its end, listed, and shown.
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

/** Shows the command line, runs it and shows what it prints. */
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
