// Runs scripts of package.json side by side: `node scripts/side-by-side.js lint types`. Their output appears in this order, each
// in one piece: the first script that has not ended writes at once, and the others are held back. Fails if one of them fails,
// after all have ended.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const inRoot = (path) => fileURLToPath(new URL(path, root))
const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
const PATH = [inRoot('node_modules/.bin'), process.env.PATH].join(delimiter)

const runs = process.argv.slice(2).map(start)
for (const { output, ended } of runs) {
  output.flow()
  if (!(await ended)) process.exitCode = 1
}

/** Starts a script as npm does, but without npm, which takes longer to start than some of the scripts run. */
function start(name) {
  if (!scripts[name]) throw new Error(`package.json has no script "${name}".`)
  const began = performance.now()
  const output = heldBack()
  output.write(`== ${name}: ${scripts[name]}\n`)
  const child = spawn(scripts[name], { cwd: inRoot('.'), env: { ...process.env, PATH }, shell: true })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', output.write)
  const ended = new Promise((resolve) => {
    child.once('close', (status, signal) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      output.write(status === 0 ? `== ${name} passed in ${seconds} s\n` : `== ${name} FAILED (${status ?? signal})\n`)
      resolve(status === 0)
    })
  })
  return { output, ended }
}

/** Keeps what is written until flow() is called. */
function heldBack() {
  let write = (chunk) => kept.push(chunk)
  const kept = []
  return {
    write: (chunk) => write(chunk),
    flow() {
      write = (chunk) => process.stdout.write(chunk)
      for (const chunk of kept) write(chunk)
    },
  }
}
