import { formatPlace } from '../errors.js'
import { isSecretKey, MASK, maskText } from '../http/mask.js'
import { nearest } from '../nearest.js'
import { placeFinder } from './file/position.js'
import { pathOf } from './layers/layer.js'
import { SETTINGS, settingAt } from './setting-table.js'
import type { CloudSettings } from './settings.js'
import { describeSource } from './source.js'

/** A cloud's settings as they may be shown: every secret masked, and where each setting came from. */
export interface Description {
  name: string
  /** Nested as in clouds.yaml. */
  settings: Record<string, unknown>
  /** By dotted path: `FILE:LINE`, a profile, a variable, an option or a default. */
  sources: Record<string, string>
}

/** Describes a cloud's settings to a person, or to a program that a person reads. */
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

/** An unknown key may be a secret whose name has a slip in it; inside `auth` any of them. */
function mayBeSecret(keys: readonly string[], key: string): boolean {
  const setting = settingAt(pathOf(keys))
  if (setting) return setting.secret === true
  return isSecretKey(key) || keys[0] === 'auth' || nearest(key, SECRET_NAMES) !== undefined
}
