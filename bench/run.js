// `npm run bench [-- --nodes 20,24,26] [ROW…]` compares glance-tasks with its peers and its goals, on this Node or on each of
// those named (versions or paths; see scripts/nodes.js). A run of all rows writes the figures to RESULTS.md and keeps the text
// below them, which is written by hand. ROUNDS sets how often each command is timed.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { parseArgs } from 'node:util'
import { findNodes } from '../scripts/nodes.js'
import { realCloud } from './cloud.js'
import { findPeers } from './peers/find.js'
import { folder } from './program.js'
import { report } from './report.js'

const ROWS = ['start-up', 'get', 'list', 'million', 'long', 'wait', 'package']
const RESULTS = new URL('RESULTS.md', import.meta.url)
const END = '<!-- end of the figures -->'

const { values, positionals: wanted } = parseArgs({ options: { nodes: { type: 'string' } }, allowPositionals: true })
const unknown = wanted.find((name) => !ROWS.includes(name))
if (unknown) throw new Error(`unknown row: ${unknown}. The rows are ${ROWS.join(', ')}.`)

const peers = findPeers()
let nodes
let cloud
try {
  nodes = findNodes(values.nodes?.split(',') ?? [process.execPath], folder)
  const sections = []
  for (const name of ROWS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const row = await import(`./rows/${name}.js`)
    if (row.needsCloud) cloud ??= await realCloud()
    const section = row.needsCloud && !cloud ? skipped(row) : report(row, await resultsOf(row))
    console.log(`${section}\n`)
    sections.push(section)
  }
  if (wanted.length === 0) writeResults([machineAndPeers(), ...sections].join('\n\n'))
} finally {
  cloud?.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** The results of a row, each with its Node. */
async function resultsOf({ measure, isOnce }) {
  const results = []
  for (const [index, node] of (isOnce ? nodes.slice(0, 1) : nodes).entries()) {
    const rounds = Number(process.env.ROUNDS ?? 21)
    // The clients in Python and Go are slow, and the same beside every Node.
    const result = await measure({ node, rounds, cloud, peers: index === 0 ? peers : { wrk: peers.wrk } })
    results.push({ node, ...result })
  }
  return results
}

function skipped({ title }) {
  return `## ${title}\n\nNot measured: Debian's keystone and glance-api are not installed (\`test/real/cloud install\`).`
}

function machineAndPeers() {
  const [cpu] = cpus()
  const tooOld = peers.openstack?.hasTasks === false ? ' This version of openstack lacks `image task`.' : ''
  const missing = Object.keys(peers).filter((name) => !peers[name])
  return [
    `${new Date().toISOString().slice(0, 10)} · Node ${nodes.map(({ version }) => version).join(', ')} · ${cpus().length} × ${cpu.model} · Linux ${release()} · load ${loadavg()[0].toFixed(1)}`,
    `Peers: ${Object.values(peers)
      .filter(Boolean)
      .map(({ version }) => version)
      .join(' · ')}. Missing: ${missing.join(', ') || 'none'}.${tooOld}`,
    'A figure is a median, with its quartiles. One in bold misses its goal.',
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
