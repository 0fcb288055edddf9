import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Environment } from '../../../src/config/environment.js'
import { expandHome } from '../../../src/config/environment.js'
import { resolveCloud } from '../../../src/config/resolve.js'
import type { CloudSettings } from '../../../src/config/settings.js'
import { checkLogin } from '../../../src/session/check-login.js'
import { readTls } from '../../../src/session/tls.js'

/** Files, variables and options that both programs read their settings from. */
export interface Configuration {
  name: string
  /** Texts by path below a temporary root, which has the folders work (the working directory), home and site. */
  files: Record<string, string>
  /** `{root}` is replaced by the root. */
  env?: Record<string, string>
  cloud?: string
  /** The caller's settings. */
  options?: Record<string, string>
  /** Both programs refuse the configuration. */
  fails?: true
  /** The settings to compare. Default: all except `status_retries`, because its default differs. */
  compare?: (keyof Settings)[]
}

/** The settings that are compared. */
export interface Settings {
  name: string
  auth_type: string
  auth: Record<string, unknown>
  region: string | null
  interface: string[]
  service_type: string
  service_name: string | null
  endpoint: string | null
  verify: boolean | string
  cert: string | string[] | null
  timeout: number | null
  status_retries: number | null
  connect_retries: number | null
}

export type Outcome = Settings | { error: string }

const script = fileURLToPath(new URL('openstack-settings.py', import.meta.url))

/** Reads each configuration with both programs: `here` is this project, `there` is openstacksdk. */
export async function outcomesOf(configurations: Configuration[]): Promise<{ here: Outcome; there: Outcome }[]> {
  const root = mkdtempSync(join(tmpdir(), 'glance-tasks-configurations-'))
  try {
    const environments = configurations.map((configuration, index) => build(join(root, String(index)), configuration))
    const there = await askOpenstack(configurations, environments)
    const here: Outcome[] = []
    for (const [index, configuration] of configurations.entries()) {
      here.push(await resolveHere(configuration, environments[index] as Environment))
    }
    return here.map((outcome, index) => ({ here: outcome, there: there[index] as Outcome }))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function build(root: string, { files, env = {} }: Configuration): Environment {
  for (const folder of ['work', 'home', 'site']) mkdirSync(join(root, folder), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const own = Object.entries(env).map(([name, value]) => [name, value.replaceAll('{root}', root)])
  return {
    env: { XDG_CONFIG_DIRS: join(root, 'site'), ...Object.fromEntries(own) },
    cwd: join(root, 'work'),
    home: join(root, 'home'),
    platform: 'linux',
  }
}

async function askOpenstack(configurations: Configuration[], environments: Environment[]): Promise<Outcome[]> {
  const cases = configurations.map(({ cloud, options = {} }, index) => ({ ...environments[index], cloud, options }))
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile('/usr/bin/python3', [script], { maxBuffer: 1e8 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    )
    child.stdin?.end(JSON.stringify(cases))
  })
  const outcomes: Outcome[] = JSON.parse(output)
  return outcomes.map((outcome) =>
    'error' in outcome ? outcome : { ...outcome, interface: [outcome.interface].flat() },
  )
}

async function resolveHere({ cloud, options }: Configuration, environment: Environment): Promise<Outcome> {
  try {
    const { settings } = await resolveCloud({ cloud, ...(options ? { options } : {}) }, environment)
    await checkLogin(settings)
    const { cert, key } = settings.tls
    if ((cert === undefined) !== (key === undefined)) await readTls(settings, environment)
    return comparable(settings, environment)
  } catch (error) {
    return { error: String(error) }
  }
}

function comparable({ name, authType, auth, image, tls, timeout }: CloudSettings, environment: Environment): Settings {
  const expand = (path: string) => expandHome(path, environment)
  return {
    name,
    auth_type: authType,
    auth: { ...auth },
    region: image.regionName ?? null,
    interface: [...image.interfaces],
    service_type: image.serviceType,
    service_name: image.serviceName ?? null,
    endpoint: image.endpointOverride ?? auth.endpoint ?? null,
    verify: tls.verify && tls.cacert !== undefined ? expand(tls.cacert) : tls.verify,
    cert: tls.cert !== undefined && tls.key !== undefined ? [expand(tls.cert), expand(tls.key)] : null,
    timeout: timeout === undefined ? null : timeout / 1000,
    status_retries: image.statusRetries ?? null,
    connect_retries: image.connectRetries ?? null,
  }
}
