import type { Received, Step } from './exchange.js'
import type { Side } from './side.js'

/** What one side answered otherwise than the other. */
export interface Difference {
  request: string
  real: string
  sandbox: string
}

/** Headers that say nothing about the service. */
const IGNORED = new Set(['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'])

/** Sends every step to both sides, one after the other, and tells where they differ. */
export async function compare(real: Side, fake: Side, steps: Step[]): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const step of steps) {
    const [expected, actual] = await Promise.all([real.send(step), fake.send(step)])
    const [left, right] = [show(expected, real), show(actual, fake)]
    if (left !== right) differences.push({ request: describe(step), real: left, sandbox: right })
  }
  return differences
}

function describe({ method, path, as = 'admin', headers, body }: Step): string {
  const sent = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`
  return `${as}: ${method} ${path} ${JSON.stringify(headers ?? {})}${sent}`
}

function show({ status, reason, headers, body }: Received, side: Side): string {
  const shown = Object.entries(headers)
    .filter(([name]) => !IGNORED.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    // After its first import a Glance goes on to name the stores that it keeps for itself, or it does not.
    .map(
      ([name, value]) =>
        `${name}: ${name === 'openstack-image-store-ids' ? value.replace(/,os_glance_\w+/g, '') : value}`,
    )
  return side.plain([`${status} ${reason}`, ...shown, '', body].join('\n'))
}

/** Waits until no task of our project is under way any more that ever ends. */
export async function settle(real: Side, fake: Side): Promise<void> {
  for (const side of [real, fake]) {
    const until = Date.now() + 60_000
    while (Date.now() < until && (await isBusy(side))) await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function isBusy(side: Side): Promise<boolean> {
  const answer = await side.send({ method: 'GET', path: '/v2/tasks?owner={project}&limit=1000' })
  const tasks: { id: string; type: string; status: string }[] = JSON.parse(answer.body).tasks
  const open = tasks.filter(({ status }) => status === 'pending' || status === 'processing')
  return open.some(({ type, id, status }) => status === 'pending' || type === 'import' || !side.isStuck(id))
}
