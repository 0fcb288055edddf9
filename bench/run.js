// `npm run bench [-- ROW…]` compares glance-tasks with its peers and its goals. A run of all rows writes the figures to
// RESULTS.md and keeps the text below them, which is written by hand. ROUNDS sets how often each command is timed.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { realCloud } from './cloud.js'
import { format } from './measure.js'
import { findPeers } from './peers/find.js'
import { folder } from './program.js'

const ROWS = ['start-up', 'get', 'list', 'million', 'long', 'wait', 'package']
const RESULTS = new URL('RESULTS.md', import.meta.url)
const END = '<!-- end of the figures -->'

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !ROWS.includes(name))
if (unknown) throw new Error(`unknown row: ${unknown}. The rows are ${ROWS.join(', ')}.`)

const peers = findPeers()
let cloud
try {
  const sections = []
  for (const name of ROWS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const row = await import(`./rows/${name}.js`)
    if (row.needsCloud) cloud ??= await realCloud()
    const section = row.needsCloud && !cloud ? skipped(row) : report(row, await row.measure(context()))
    console.log(`${section}\n`)
    sections.push(section)
  }
  if (wanted.length === 0) writeResults([machineAndPeers(), ...sections].join('\n\n'))
} finally {
  cloud?.stop()
  rmSync(folder, { recursive: true, force: true })
}

function context() {
  return { rounds: Number(process.env.ROUNDS ?? 21), cloud, peers }
}

function skipped({ title }) {
  return `## ${title}\n\nNot measured: Debian's keystone and glance-api are not installed (\`test/real/cloud install\`).`
}

function report({ title }, { figures, times, notes = [] }) {
  const lines = figures.map(({ name, goal, ratio, most, least, unit }) => {
    const reached = most === undefined ? ratio.median >= least : ratio.median <= most
    const value = unit ? `${ratio.median.toFixed(unit === 'MB' ? 2 : 0)} ${unit}` : format(ratio)
    return `| ${name} | ${goal} | ${value} | ${reached ? 'yes' : '**no**'} |`
  })
  const table = ['| | goal | median (quartiles) | reached |', '|---|---|---|---|', ...lines].join('\n')
  const measured = Object.entries(times).map(([name, time]) => `${name} ${format(time, 0)}`)
  const below = [measured.length > 0 ? `Milliseconds: ${measured.join(' · ')}.` : '', ...notes].filter(Boolean)
  return [`## ${title}`, table, ...below].join('\n\n')
}

function machineAndPeers() {
  const [cpu] = cpus()
  const tooOld = peers.openstack?.hasTasks === false ? ' This version of openstack lacks `image task`.' : ''
  const missing = Object.keys(peers).filter((name) => !peers[name])
  return [
    `${new Date().toISOString().slice(0, 10)} · Node ${process.versions.node} · ${cpus().length} × ${cpu.model} · Linux ${release()} · load ${loadavg()[0].toFixed(1)}`,
    `Peers: ${Object.values(peers)
      .filter(Boolean)
      .map(({ version }) => version)
      .join(' · ')}. Missing: ${missing.join(', ') || 'none'}.${tooOld}`,
  ].join('\n\n')
}

function writeResults(figures) {
  let below = ''
  try {
    below = readFileSync(RESULTS, 'utf8').split(END)[1] ?? ''
  } catch {
    // The first run has no file to keep text from.
  }
  writeFileSync(RESULTS, `# Results of \`npm run bench\`\n\n${figures}\n\n${END}\n${below}`)
}
