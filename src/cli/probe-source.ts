import type { ProbeSource } from '../explain/explain.js'
import { VERSION } from '../version.js'
import type { Context } from './context.js'

/** How long a source may send nothing before it counts as stalled, in milliseconds. */
const IDLE_TIMEOUT = 5_000

/** Requests URLs through the proxies of the environment, and never with the token. */
export async function probeFrom(context: Context): Promise<ProbeSource> {
  const [{ sourceProbe }, { fetcher }, { proxiesOf }] = await Promise.all([
    import('../explain/source.js'),
    import('../http/transfer/download.js'),
    import('../session/proxies.js'),
  ])
  return sourceProbe(
    fetcher({ userAgent: `glance-tasks/${VERSION}`, proxy: proxiesOf(context), idleTimeout: IDLE_TIMEOUT }),
  )
}
