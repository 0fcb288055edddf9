// Runs scripts of package.json side by side: `node scripts/side-by-side.js lint types`. Prints the output of each in one piece
// when the script ends. Fails if one of them fails, after all have ended.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const inRoot = (path) => fileURLToPath(new URL(path, root))
const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
const PATH = [inRoot('node_modules/.bin'), process.env.PATH].join(delimiter)

const results = await Promise.all(process.argv.slice(2).map(run))
if (results.includes(false)) process.exitCode = 1

/** Runs a script as npm does, but without npm, which takes longer to start than some of the scripts run. */
async function run(name) {
  if (!scripts[name]) throw new Error(`package.json has no script "${name}".`)
  const began = performance.now()
  const child = spawn(scripts[name], { cwd: inRoot('.'), env: { ...process.env, PATH }, shell: true })
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
  const end = await new Promise((resolve) => child.once('close', (status, signal) => resolve(status ?? signal)))
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(Buffer.concat([Buffer.from(`== ${name}: ${scripts[name]}\n`), ...output]))
  process.stdout.write(end === 0 ? `== ${name} passed in ${seconds} s\n` : `== ${name} FAILED (${end})\n`)
  return end === 0
}
