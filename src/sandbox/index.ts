import { systemClock } from '../http/clock.js'
import { checkOptions } from './check-options.js'
import { cloudService, RequestLog } from './cloud-service.js'
import { cloudsYaml } from './clouds-yaml.js'
import { createGlances } from './create-glances.js'
import { IDENTITY_PREFIX, regionEndpoints } from './endpoints.js'
import { parseFaults } from './faults.js'
import { close, listen } from './http/server.js'
import { ACCOUNTS, type Account } from './keystone/accounts.js'
import type { Region } from './keystone/catalog.js'
import { Directory } from './keystone/directory.js'
import { Keystone } from './keystone/index.js'
import { Receipts } from './keystone/receipts.js'
import { Tokens } from './keystone/tokens.js'
import type { Sandbox, SandboxOptions } from './options.js'

export type { Clock } from '../http/clock.js'
export type { Fault, FaultChooser, FaultyRequest, SandboxAnswer, ServiceName } from './faults.js'
export type { QuotaName, Quotas } from './glance/images/quota.js'
export type { ImportFilter } from './glance/imports/import-uri.js'
export type { Account, ApplicationCredential, RoleName } from './keystone/accounts.js'
export { totpPasscode } from './keystone/totp.js'
export type { LoggedRequest, Sandbox, SandboxOptions } from './options.js'
export type { ReadyTask } from './ready-tasks.js'

const DEFAULT_TOKEN_TTL = 3_600_000

/**
 * Starts a Keystone and a Glance on loopback that answer as the real ones do, bugs included.
 *
 * @throws GlanceTasksError when the port is in use, ConfigurationError when the state file cannot be used, UsageError
 *   for invalid options.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clock = systemClock, tls = false, faults } = options
  checkOptions(options)
  const now = () => clock.now()
  const accounts = accountsOf(options.accounts)
  const directory = new Directory(accounts)
  const tokens = new Tokens(now, options.tokenTtl ?? DEFAULT_TOKEN_TTL)
  const stores = { directory, tokens, receipts: new Receipts(now), now }
  let regions: Region[] = []
  const keystone = new Keystone(stores, () => regions)
  const closing = new AbortController()
  const glances = createGlances(options, directory, closing.signal)

  const log = new RequestLog()
  const service = cloudService({
    keystone,
    glances,
    tokens,
    log,
    chooseFault: typeof faults === 'string' ? parseFaults(faults, clock) : faults,
    sleep: (ms) => clock.sleep(ms, closing.signal),
    now,
  })

  // Loaded late: most sandboxes serve plain http.
  const trusted = tls ? await (await import('./http/certificate.js')).createCertificateFile() : undefined
  const { server, port } = await listen(options.port ?? 0, service, trusted?.certificate).catch(async (error) => {
    await trusted?.remove()
    throw error
  })
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`
  regions = regionEndpoints(url)
  const identityUrl = `${url}${IDENTITY_PREFIX}/v3`
  const closeAll = async () => {
    closing.abort()
    await close(server)
    await trusted?.remove()
  }
  return {
    url,
    identityUrl,
    imageUrl: url,
    cloudsYaml: cloudsYaml(identityUrl, accounts, trusted?.file),
    caFile: trusted?.file,
    requests: log.requests,
    close: closeAll,
    [Symbol.asyncDispose]: closeAll,
  }
}

/** The default users and the given ones. A given user replaces a default user of the same name. */
function accountsOf(others: readonly Account[] = []): Account[] {
  return [...ACCOUNTS.filter(({ name }) => others.every((other) => other.name !== name)), ...others]
}
