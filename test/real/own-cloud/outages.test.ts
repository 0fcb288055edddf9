import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '../../../src/index.js'
import { finish, start } from '../../helpers/binary.js'
import { OUTAGES, type Outage, outageProxy } from '../../helpers/outage-proxy.js'
import { randomFrom } from '../../helpers/random.js'
import { taskRows } from '../helpers/task-rows.js'
import { startRealCloud } from '../setup.js'

/**
 * Waits through outages of a real Keystone, of a real Glance, and of both: refused and broken connections, servers that
 * hang, pages of a load balancer. Each wait survives them, and none exceeds its timeout.
 *
 * OUTAGES=40 OUTAGE_SECONDS=20 makes the long run; OUTAGE_SEED repeats a run.
 */

const seed = Number(process.env.OUTAGE_SEED ?? Date.now() % 2 ** 31)
const COUNT = Number(process.env.OUTAGES ?? 6)
const SECONDS = Number(process.env.OUTAGE_SECONDS ?? 8)
/** The time between two outages, in milliseconds. */
const GAP = 3000
/**
 * A wait ends at most this long after the outage: a lost request, a pause between two polls, a login, and a
 * Glance that validates tokens one by one, on a busy machine.
 */
const RECOVERY = 60_000
/** Nothing takes longer than this beyond its timeout, or on a slow machine, longer than it takes to start the program eight times. */
const SLACK = 2000

const AWAY = ['keystone', 'glance', 'both'] as const
const KINDS = ['stopped', ...OUTAGES] as const

const random = randomFrom(seed)
const shuffled = <T>(items: readonly T[]) =>
  items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)

let cloud: Awaited<ReturnType<typeof startRealCloud>>
let rows: ReturnType<typeof taskRows>
let proxies: Record<'keystone' | 'glance', Awaited<ReturnType<typeof outageProxy>>>

beforeAll(async () => {
  console.log(`outages: OUTAGE_SEED=${seed} OUTAGES=${COUNT} OUTAGE_SECONDS=${SECONDS}`)
  // With a long lifetime, because Glance validates new tokens one by one, and would do nothing else with short-lived ones.
  cloud = await startRealCloud()
  const direct = await connectTo({})
  const glance = await direct.service.request({ method: 'GET', path: 'schemas/task' })
  await direct.close()
  const { 1: keystone = '' } = /auth_url: (\S+)/.exec(await readFile(cloud.cloudsYaml, 'utf8')) ?? []
  proxies = { keystone: await outageProxy(new URL(keystone)), glance: await outageProxy(glance.request.url) }
  rows = taskRows(cloud.state)
})

afterAll(async () => {
  await rows?.close()
  for (const proxy of Object.values(proxies ?? {})) await proxy.close()
  await cloud?.stop()
})

function connectTo(settings: Record<string, string>): Promise<Connection> {
  const environment = {
    env: { OS_CLIENT_CONFIG_FILE: cloud.cloudsYaml },
    cwd: '/',
    home: '/dev/null',
    platform: 'linux',
  }
  return connect({ cloud: 'real', environment: environment as never, settings, requestTimeout: 20_000 })
}

/** The end of a wait: `ended` and `error` of the library, or `status` of the program. */
interface Waited {
  ended?: number
  error?: unknown
  status?: number | null
  took: number
  at: number
}

type Connection = Awaited<ReturnType<typeof connect>>

/** The library, through the proxies, with a separate login. */
function connectThrough(): Promise<Connection> {
  return connectTo({ 'auth.auth_url': `${proxies.keystone.url}/v3`, image_endpoint_override: proxies.glance.url })
}

/** A wait of the library for one or many tasks. */
async function waitFor({ tasks }: Connection, ids: string[], timeout: number): Promise<Waited> {
  const begin = performance.now()
  const { ended, error } = await tasks.waitMany(ids, { timeout })
  return { ended: ended.length, error, took: performance.now() - begin, at: performance.now() }
}

/** The program, through the proxies. */
async function run(argv: string[]): Promise<Waited & { stderr: string }> {
  const begin = performance.now()
  const env = { OS_CLIENT_CONFIG_FILE: cloud.cloudsYaml, OS_CLOUD: 'real', XDG_CACHE_HOME: join(cloud.state, 'cache') }
  const through = ['--os-auth-url', `${proxies.keystone.url}/v3`, '--os-image-endpoint-override', proxies.glance.url]
  const child = start([...argv, ...through, '--request-timeout', '20s', '-q'], env)
  child.stdin?.end()
  const result = await finish(child)
  return { ...result, took: performance.now() - begin, at: performance.now() }
}

/** The start-up time of the program, which does not count towards the timeout on a busy machine. */
async function startUp(): Promise<number> {
  return (await run(['--version'])).took
}

interface Plan {
  away: (typeof AWAY)[number]
  kind: (typeof KINDS)[number]
}

/** The parts take turns. Each has its kinds of outage in an order that depends on the seed. */
function plans(): Plan[] {
  const kinds = {
    keystone: shuffled(KINDS.filter(isOutageOfKeystone)),
    glance: shuffled(KINDS),
    both: shuffled(KINDS.filter(isOutageOfKeystone)),
  }
  return Array.from({ length: COUNT }, (_, i) => {
    const away = AWAY[i % AWAY.length] ?? 'both'
    const own = kinds[away]
    return { away, kind: own[Math.floor(i / AWAY.length) % own.length] ?? 'refused' }
  })
}

/** A 404 instead of Keystone at the first login means a wrong auth_url. To wait would only hide that. */
function isOutageOfKeystone(kind: Plan['kind']): boolean {
  return kind !== '404'
}

async function signal(name: 'keystone' | 'glance', kind: NodeJS.Signals): Promise<void> {
  const pid = Number(await readFile(join(cloud.state, `${name}.pid`), 'utf8'))
  process.kill(-pid, kind)
}

async function during(plan: Plan, work: () => Promise<void>): Promise<void> {
  const names = plan.away === 'both' ? (['keystone', 'glance'] as const) : ([plan.away] as const)
  const each = (change: (name: 'keystone' | 'glance') => Promise<void>) => Promise.all(names.map(change))
  if (plan.kind === 'stopped') await each((name) => signal(name, 'SIGSTOP'))
  else await each((name) => proxies[name].begin(plan.kind as Outage))
  try {
    await work()
  } finally {
    if (plan.kind === 'stopped') await each((name) => signal(name, 'SIGCONT'))
    else await each((name) => proxies[name].end())
  }
}

it(`${COUNT} outages of ${SECONDS} s are survived, and no timeout is exceeded`, {
  timeout: COUNT * (SECONDS * 1000 + 90_000),
}, async () => {
  const length = SECONDS * 1000
  const patience = GAP + length + RECOVERY
  const figures = { waits: 0, recovery: 0, beyond: 0, commandsBeyond: 0 }
  const problems: string[] = []

  for (const [i, plan] of plans().entries()) {
    const name = `outage ${i + 1}, ${plan.away} ${plan.kind}`
    const base = await startUp()
    const slack = Math.max(SLACK, 8 * base)
    const begin = async (count = 1) => Promise.all(Array.from({ length: count }, () => rows.begin()))
    const check = (what: string, isTrue: boolean, facts: unknown) => {
      if (isTrue) return
      problems.push(`${name}: ${what}: ${JSON.stringify(facts)}`)
      console.log(problems.at(-1))
    }
    const [middle, end, first] = [await begin(), await begin(), await begin()]
    const many = await begin(15)
    const [stuck, stuckToo] = [(await begin())[0] ?? '', (await begin())[0] ?? '']
    const everything = [...middle, ...end, ...first, ...many]

    const [known, fresh] = [await connectThrough(), await connectThrough()]
    // Seen before the outage. The task ends after it, or during it.
    const outliving: Promise<Waited>[] = [
      waitFor(known, middle, patience),
      waitFor(known, end, patience),
      waitFor(known, many, patience),
      run(['wait', middle[0] ?? '', '--timeout', `${patience}ms`]),
    ]
    // Their timeout is somewhere in the outage.
    const timeouts = [GAP + 500 + random() * length, GAP + 500 + random() * length].map(Math.round)
    const late = timeouts.map((timeout) => ({ timeout, waiting: waitFor(known, [stuck], timeout) }))
    const commands: { timeout: number; argv: string[]; running: ReturnType<typeof run> }[] = []
    const command = (timeout: number, ...argv: string[]) =>
      commands.push({ timeout, argv, running: run([...argv, '--timeout', `${timeout}ms`]) })
    command(timeouts[0] ?? 0, 'wait', stuckToo)
    await pause(GAP)

    let over = 0
    await during(plan, async () => {
      await pause(300)
      // The first poll is in the outage.
      outliving.push(
        waitFor(fresh, first, patience),
        waitFor(fresh, many, patience),
        run(['wait', first[0] ?? '', '--timeout', `${patience}ms`]),
      )
      late.push({ timeout: 2000, waiting: waitFor(fresh, [stuck], 2000) })
      command(2000, 'wait', stuckToo)
      const input = '{"import_from": "http://127.0.0.1:80/x", "import_from_format": "raw", "image_properties": {}}'
      command(3000, 'create', '--type', 'import', '--input', input, '--wait')
      await pause(length / 2)
      await Promise.all(end.map((id) => rows.end(id, 'failure')))
      await pause(length / 2 - 300)
    })
    over = performance.now()
    await Promise.all(everything.filter((id) => !end.includes(id)).map((id) => rows.end(id, 'success')))

    for (const { ended, error, at, status, took } of await Promise.all(outliving)) {
      figures.waits++
      figures.recovery = Math.max(figures.recovery, at - over)
      const isDone = status === undefined ? error === undefined && (ended ?? 0) > 0 : status === 0
      check('is outlived', isDone, { status, error: String(error), took })
      check('is noticed soon', at - over < RECOVERY, { after: at - over })
    }
    for (const { timeout, waiting } of late) {
      const { took, error } = await waiting
      figures.waits++
      figures.beyond = Math.max(figures.beyond, took - timeout)
      check('times out', (error as { code?: string })?.code === 'wait_timeout', { error: String(error) })
      check('ends with its timeout', took - timeout < slack, { took, timeout })
    }
    for (const { timeout, argv, running } of commands) {
      const { took, status, stderr } = await running
      figures.waits++
      figures.commandsBeyond = Math.max(figures.commandsBeyond, took - base - timeout)
      if (argv[0] === 'wait') check('times out', status === 124, { argv, status, stderr })
      check('ends with its timeout', took - base - timeout < slack, { argv, took, timeout, base })
    }
    console.log(
      `${name}: ${JSON.stringify(figures, (_, value) => (typeof value === 'number' ? Math.round(value) : value))}`,
    )
  }
  expect(problems).toEqual([])
})
