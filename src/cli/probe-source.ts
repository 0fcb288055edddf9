import type { ProbeSource } from '../explain/explain.js'
import type { Session } from '../session/session.js'
import { VERSION } from '../version.js'
import type { Context } from './context.js'

/** How long a source may send nothing before it counts as stalled, in milliseconds. */
const IDLE_TIMEOUT = 5_000

/** Requests the source of any task. The cloud decides what a loopback address means. */
export async function probeForCloud(context: Context, session: Pick<Session, 'endpoint'>): Promise<ProbeSource> {
  const { isLocal } = await import('../http/transfer/this-machine.js')
  return probeFrom(context, async (signal) => isLocal((await session.endpoint(signal)).hostname))
}

/** Requests URLs through the proxies of the environment, and never with the token. */
export async function probeFrom(
  context: Context,
  isCloudHere?: (signal?: AbortSignal) => Promise<boolean>,
): Promise<ProbeSource> {
  const [{ sourceProbe }, { fetcher }, { proxiesOf }] = await Promise.all([
    import('../explain/source.js'),
    import('../http/transfer/download.js'),
    import('../session/proxies.js'),
  ])
  return sourceProbe(
    fetcher({ userAgent: `glance-tasks/${VERSION}`, proxy: proxiesOf(context), idleTimeout: IDLE_TIMEOUT }),
    { isCloudHere },
  )
}
