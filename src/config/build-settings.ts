import type { Entry, Layer } from './layers/layer.js'
import { SETTINGS, type SettingKind, settingAt } from './setting-table.js'
import type { CloudSettings } from './settings.js'
import { TypedLayer } from './typed-layer.js'
import { plainValue } from './value.js'

const fixed = (path: string, value: string): [string, Entry] => [
  path,
  { keys: path.split('.'), value, source: { kind: 'default' } },
]

/** The default settings. */
export const DEFAULTS: Layer = new Map([
  fixed('interface', 'public'),
  fixed('verify', 'true'),
  fixed('cache.auth', 'true'),
])

/**
 * Converts the merged layer of a cloud to typed settings. In the layer, `verify` replaces `insecure`.
 *
 * @throws ConfigurationError for a value of the wrong type.
 */
export async function buildSettings(name: string, merged: Layer): Promise<Omit<CloudSettings, 'exposures'>> {
  await replaceInsecure(merged)
  const layer = inTableOrder(merged)
  const typed = new TypedLayer(layer)
  return {
    name,
    authType: (await typed.text('auth_type')) ?? 'password',
    auth: await authOf(layer, typed),
    regionName: await typed.text('region_name'),
    image: {
      endpointOverride: await typed.text('image_endpoint_override', 'endpoint_override'),
      interfaces: ((await typed.list('image_interface', 'interface')) ?? ['public']).map(interfaceName),
      regionName: await typed.text('image_region_name', 'region_name'),
      serviceType: (await typed.text('image_service_type', 'service_type')) ?? 'image',
      serviceName: await typed.text('image_service_name', 'service_name'),
      statusRetries: await typed.count('image_status_code_retries', 'status_code_retries'),
      connectRetries: await typed.count('image_connect_retries', 'connect_retries'),
    },
    tls: {
      verify: (await typed.boolean('verify')) !== false,
      cacert: await typed.text('cacert'),
      cert: await typed.text('cert'),
      key: await typed.text('key'),
    },
    timeout: await typed.seconds('api_timeout'),
    cacheToken: (await typed.boolean('cache.auth')) !== false,
    all: await nested(layer, typed),
    sources: Object.fromEntries([...layer].map(([path, { source }]) => [path, source])),
  }
}

/** Sorts the settings for display: in the order of the table, and unknown ones last. */
function inTableOrder(layer: Layer): Layer {
  const ordered: Layer = new Map()
  for (const path of new Set([...SETTINGS.map((setting) => setting.path), ...layer.keys()])) {
    const entry = layer.get(path)
    if (entry) ordered.set(path, entry)
  }
  return ordered
}

/** Replaces `insecure` by `verify`, its opposite. If both are set, `insecure: true` wins. */
async function replaceInsecure(layer: Layer): Promise<void> {
  const typed = new TypedLayer(layer)
  const insecure = layer.get('insecure')
  if (insecure && ((await typed.boolean('insecure')) || !layer.has('verify'))) {
    const value = (await typed.boolean('insecure')) ? 'false' : 'true'
    layer.set('verify', { ...insecure, keys: ['verify'], value })
  }
  layer.delete('insecure')
}

async function authOf(layer: Layer, typed: TypedLayer): Promise<Record<string, string>> {
  const auth: Record<string, string> = {}
  for (const [path, { keys }] of layer) {
    const [top, key, ...deeper] = keys
    if (top !== 'auth' || key === undefined || deeper.length > 0) continue
    const value = settingAt(path)?.kind === 'list' ? (await typed.list(path))?.join(',') : await typed.text(path)
    if (value !== undefined) auth[key] = value
  }
  return auth
}

/** Version 2 of Keystone called the interfaces `publicURL` and so on. */
function interfaceName(name: string): string {
  return name.replace(/url$/i, '').toLowerCase()
}

async function nested(layer: Layer, typed: TypedLayer): Promise<Record<string, unknown>> {
  const root: Record<string, unknown> = Object.create(null)
  for (const [path, { keys, value }] of layer) {
    const last = keys.at(-1) ?? path
    const holder = keys.slice(0, -1).reduce<Record<string, unknown>>((outer, key) => {
      const inner = outer[key]
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return inner as Record<string, unknown>
      const created = Object.create(null)
      outer[key] = created
      return created
    }, root)
    holder[last] = (await asKind(path, settingAt(path)?.kind, typed)) ?? plainValue(value)
  }
  return root
}

async function asKind(path: string, kind: SettingKind | undefined, typed: TypedLayer): Promise<unknown> {
  if (kind === 'boolean') return typed.boolean(path)
  if (kind === 'number') return typed.count(path)
  if (kind !== 'seconds') return undefined
  const milliseconds = await typed.seconds(path)
  return milliseconds === undefined ? undefined : milliseconds / 1000
}
