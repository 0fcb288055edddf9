import { isJsonObject, type JsonValue } from '../../http/json.js'
import { didYouMean } from '../../nearest.js'
import type { ImportOptions } from '../import/import-options.js'
import { type Check, listed } from './check.js'
import type { Info } from './info.js'

interface Store {
  id: string
  isDefault: boolean
  isReadOnly: boolean
}

/** The stores to import into; undefined if they are unknown or have no names. */
export interface StoreCheck {
  check: Check
  stores: string[] | undefined
}

/** Whether the stores exist and can be written: GET /v2/info/stores. */
export function checkStores(info: Info, options: Pick<ImportOptions, 'stores' | 'allStores'>): StoreCheck {
  const wanted = options.stores?.length ? [...options.stores] : undefined
  const known = info.kind === 'known' ? storesIn(info.value.stores) : undefined
  if (info.kind === 'missing') return { check: single(wanted), stores: undefined }
  if (known === undefined) {
    const why = info.kind === 'unknown' ? ` ${info.why}` : ''
    const detail = `The stores of the cloud are unknown.${why}`
    return { check: { check: 'stores', status: 'unknown', detail }, stores: wanted }
  }
  if (options.allStores) return ok(known.filter(({ isReadOnly }) => !isReadOnly).map(({ id }) => id))
  if (wanted === undefined) return ok(known.filter(({ isDefault }) => isDefault).map(({ id }) => id))
  const fault = wanted.map((id) => faultOf(id, known)).find(Boolean)
  return fault ? { check: fault, stores: wanted } : ok(wanted)
}

/** A server with a single store has no name for it. */
function single(wanted: string[] | undefined): Check {
  if (wanted === undefined) return { check: 'stores', status: 'ok', detail: 'The cloud has only one store.' }
  return {
    check: 'stores',
    status: 'failed',
    detail: 'The cloud has only one store, so you cannot choose a store.',
    hint: 'Omit the store.',
  }
}

function ok(stores: string[]): StoreCheck {
  const detail =
    stores.length === 0
      ? 'The image goes to the default store.'
      : `The image goes to the store${stores.length === 1 ? '' : 's'} ${listed(stores)}.`
  return { check: { check: 'stores', status: 'ok', detail }, stores: stores.length === 0 ? undefined : stores }
}

function faultOf(id: string, known: Store[]): Check | undefined {
  const store = known.find((each) => each.id === id)
  const writable = known.filter(({ isReadOnly }) => !isReadOnly).map((each) => each.id)
  if (store === undefined) {
    return {
      check: 'stores',
      status: 'failed',
      detail: `The cloud has no store "${id}".`,
      hint: didYouMean(id, writable) ?? `Available stores: ${listed(writable)}.`,
    }
  }
  if (!store.isReadOnly) return undefined
  const hint = `Writable stores: ${listed(writable)}.`
  return { check: 'stores', status: 'failed', detail: `The store "${id}" is read-only.`, hint }
}

/** Glance sends `"default": "true"`, as text. */
function storesIn(value: JsonValue | undefined): Store[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.flatMap((store) => {
    if (!isJsonObject(store) || typeof store.id !== 'string') return []
    return [{ id: store.id, isDefault: isTrue(store.default), isReadOnly: isTrue(store['read-only']) }]
  })
}

function isTrue(value: JsonValue | undefined): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}
