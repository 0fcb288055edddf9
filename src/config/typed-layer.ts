import { ConfigurationError } from '../errors.js'
import { placeOf } from './file/position.js'
import type { Entry, Layer } from './layers/layer.js'
import { pathOf } from './layers/layer.js'
import { describeSource } from './source.js'
import { kindOf } from './value.js'

const TRUE = /^(true|yes|on|1)$/i
const FALSE = /^(false|no|off|0)$/i

/** Reads settings of a layer as typed values. Each method throws a ConfigurationError for a value of the wrong type. */
export class TypedLayer {
  readonly #layer: Layer

  constructor(layer: Layer) {
    this.#layer = layer
  }

  /** The text of the first of these settings that is set. */
  async text(...paths: string[]): Promise<string | undefined> {
    const entry = this.#first(paths)
    if (!entry) return undefined
    if (typeof entry.value === 'string') return entry.value
    throw await wrong(entry, `must be text, not ${kindOf(entry.value)}`, 'Write a single value.')
  }

  async boolean(...paths: string[]): Promise<boolean | undefined> {
    const entry = this.#first(paths)
    if (!entry) return undefined
    if (typeof entry.value === 'string' && TRUE.test(entry.value)) return true
    if (typeof entry.value === 'string' && FALSE.test(entry.value)) return false
    const hint = paths.includes('verify')
      ? 'Write the path of a CA certificate file under cacert.'
      : 'Write true or false.'
    throw await wrong(entry, 'must be true or false (or yes, no, on, off, 1, 0)', hint)
  }

  /** A whole number, at least 0. */
  async count(...paths: string[]): Promise<number | undefined> {
    const entry = this.#first(paths)
    if (!entry) return undefined
    if (typeof entry.value === 'string' && /^\d{1,9}$/.test(entry.value)) return Number(entry.value)
    throw await wrong(entry, 'must be a whole number', 'Write a number such as 5.')
  }

  /** A number of seconds, converted to milliseconds. */
  async seconds(...paths: string[]): Promise<number | undefined> {
    const entry = this.#first(paths)
    if (!entry) return undefined
    const number = typeof entry.value === 'string' && /^\d{1,9}(\.\d+)?$/.test(entry.value) ? Number(entry.value) : 0
    if (number > 0) return number * 1000
    throw await wrong(entry, 'must be a number of seconds above 0', 'Write a number such as 60.')
  }

  /** A list of texts, or one text with commas. */
  async list(...paths: string[]): Promise<string[] | undefined> {
    const entry = this.#first(paths)
    if (!entry) return undefined
    const items = Array.isArray(entry.value) ? entry.value : entry.value.split(',').map((item) => item.trim())
    const texts = items.filter((item): item is string => typeof item === 'string' && item !== '')
    if (texts.length === items.length && texts.length > 0) return texts
    throw await wrong(entry, 'must be a string or a list of strings', 'Write [one, two] or a single string.')
  }

  #first(paths: string[]): Entry | undefined {
    for (const path of paths) {
      const entry = this.#layer.get(path)
      if (entry) return entry
    }
    return undefined
  }
}

async function wrong(entry: Entry, what: string, hint: string): Promise<ConfigurationError> {
  const place = await placeOf(entry.source)
  const given = place ? '' : ` (${describeSource(entry.source)})`
  return new ConfigurationError(`${pathOf(entry.keys)}${given} ${what}.`, { place, hint })
}
