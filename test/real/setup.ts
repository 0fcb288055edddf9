import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

const run = promisify(execFile)
const script = fileURLToPath(new URL('cloud', import.meta.url))

/** A real Keystone and Glance for the suites. */
export interface RealCloud {
  /** The path of its clouds.yaml, with the clouds `real` (an administrator) and `member` (without the admin role). */
  cloudsYaml: string
  /** The URL of an HTTP server with /image.raw (1 MiB), which Glance is allowed to import from. */
  www: string
  /** The folder with its files. */
  state: string
}

declare module 'vitest' {
  interface ProvidedContext {
    realCloud: RealCloud
  }
}

/** The number of tasks that a new cloud starts with. */
const SEEDED = 10_000

/**
 * Starts a real Keystone and Glance before the suites and stops them afterwards. If REAL_CLOUD_STATE is set, the suites
 * use the cloud that is already running there, on the default ports of `test/real/cloud`. Its store `broken` must fail
 * (`cloud break-store`).
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const running = process.env.REAL_CLOUD_STATE
  if (running) {
    const www = `http://127.0.0.1:${process.env.REAL_CLOUD_WWW_PORT ?? 18080}`
    project.provide('realCloud', { cloudsYaml: join(running, 'clouds.yaml'), www, state: running })
    return undefined
  }
  const { run: cloud, stop, ...facts } = await startRealCloud()
  await cloud('seed', String(SEEDED))
  project.provide('realCloud', facts)
  return stop
}

/**
 * Starts another real cloud with the given settings (REAL_CLOUD_…), on free ports and in its own folder. Its store
 * `broken` fails.
 */
export async function startRealCloud(settings: Record<string, string> = {}) {
  const state = await mkdtemp(join(tmpdir(), 'glance-tasks-real-cloud-'))
  const [keystone, glance, glance2, www] = await freePorts(4)
  const env = {
    ...process.env,
    REAL_CLOUD_STATE: state,
    REAL_CLOUD_KEYSTONE_PORT: String(keystone),
    REAL_CLOUD_GLANCE_PORT: String(glance),
    REAL_CLOUD_GLANCE2_PORT: String(glance2),
    REAL_CLOUD_WWW_PORT: String(www),
    ...settings,
  }
  const cloud = (...args: string[]) => run(script, args, { env })
  const stop = async () => {
    await cloud('down')
    await rm(state, { recursive: true, force: true })
  }
  await cloud('up').catch(async (error) => {
    await stop()
    throw new Error(`The real cloud does not start. Is it installed (test/real/cloud install)?\n${error.stderr}`)
  })
  await cloud('break-store')
  return { state, cloudsYaml: join(state, 'clouds.yaml'), www: `http://127.0.0.1:${www}`, run: cloud, stop }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
