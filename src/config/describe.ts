import { formatPlace } from '../errors.js'
import { isSecretKey, MASK, maskText } from '../http/mask.js'
import { nearest } from '../nearest.js'
import { placeFinder } from './file/position.js'
import { pathOf } from './layers/layer.js'
import { SETTINGS, settingAt } from './setting-table.js'
import type { CloudSettings } from './settings.js'
import { describeSource } from './source.js'

/** A cloud's settings for display: with masked secrets, and the source of each setting. */
export interface Description {
  name: string
  /** Nested as in clouds.yaml. */
  settings: Record<string, unknown>
  /** By dotted path: `FILE:LINE`, a profile, a variable, an option or a default. */
  sources: Record<string, string>
}

/** Describes a cloud's settings for display. */
export async function describeCloud({ name, all, sources }: CloudSettings): Promise<Description> {
  const locate = placeFinder()
  const described = Object.entries(sources).map(async ([path, source]) => {
    const place = await locate(source)
    return [path, place ? formatPlace({ file: place.file, line: place.line }) : describeSource(source)] as const
  })
  return { name, settings: masked(all, []), sources: Object.fromEntries(await Promise.all(described)) }
}

function masked(holder: Readonly<Record<string, unknown>>, above: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(holder).map(([key, value]) => [key, maskedAt([...above, key], value)]))
}

function maskedAt(keys: readonly string[], value: unknown): unknown {
  const key = keys.at(-1) ?? ''
  if (Array.isArray(value)) return value.map((item) => maskedAt(keys, item))
  if (typeof value === 'object' && value !== null) return masked(value as Record<string, unknown>, keys)
  if (mayBeSecret(keys, key)) return MASK
  return typeof value === 'string' ? maskText(value) : value
}

const SECRET_NAMES = SETTINGS.flatMap(({ path, secret }) => (secret ? [path.replace('auth.', '')] : []))

/** An unknown key inside `auth`, or one that resembles the name of a secret, may be a misspelt secret. */
function mayBeSecret(keys: readonly string[], key: string): boolean {
  const setting = settingAt(pathOf(keys))
  if (setting) return setting.secret === true
  return isSecretKey(key) || keys[0] === 'auth' || nearest(key, SECRET_NAMES) !== undefined
}
