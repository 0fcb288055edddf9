import { isJsonObject, type JsonObject, type JsonValue } from '../../../http/json.js'
import type { Reply } from '../../http/exchange.js'
import { str } from '../../python/pprint.js'
import type { Ticker } from '../../ticker.js'
import { contentType, jsonBody, validate } from '../body.js'
import type { Context } from '../context.js'
import {
  badRequest,
  conflictWithDetail,
  forbidden,
  forbiddenWithDetail,
  type GlanceProblem,
  internalError,
  notAuthorized,
  unsupportedMediaType,
} from '../problem.js'
import { json } from '../reply.js'
import { findImage, isVisible, requireOwnership } from './access.js'
import { requirePropertyQuota, requireStorable, requireTagQuota } from './limits.js'
import { isReserved, ownerOf, READ_ONLY, readOnly, requireNotNegative, tagsOf, textOrNull } from './record.js'
import { IMAGE_SCHEMA } from './schema.js'
import type { ImageRow, ImageStore } from './store.js'
import { imageView, withGivenValues } from './view.js'

/** The two media types of a PATCH, and the draft of JSON Patch that each uses. */
const DRAFTS: ReadonlyMap<string, 4 | 10> = new Map([
  ['application/openstack-images-v2.0-json-patch', 4],
  ['application/openstack-images-v2.1-json-patch', 10],
])
const OPERATIONS = ['add', 'remove', 'replace'] as const
/** Properties that a PATCH must not change. A create may set some of them. */
const READ_ONLY_IN_PATCH = [...READ_ONLY, ...'direct_url self file schema id os_hash_algo os_hash_value'.split(' ')]

interface Change {
  operation: (typeof OPERATIONS)[number]
  path: string[]
  value: JsonValue
  draft: 4 | 10
}

/** PATCH /v2/images/{id}. */
export function patchImage(context: Context, id: string, images: ImageStore, ticker: Ticker): Reply {
  const changes = changesOf(context)
  const row = findImage(context, images, id)
  // Works on a copy, so that a patch that fails halfway does not change the image.
  const draft: ImageRow = { ...row, properties: new Map(row.properties) }
  for (const change of changes) applyChange(context, draft, change)
  if (changes.length > 0) {
    if ([...draft.properties.keys()].some((key) => !row.properties.has(key))) requirePropertyQuota(draft)
    requireStorable(draft)
    // Glance reads the image again before it saves the change.
    if (!isVisible(context, draft)) throw forbidden(`Forbidding request, image ${id} not visible`)
    images.update(row, { ...draft, updatedAt: ticker.tick() })
  }
  const given = Object.fromEntries(changes.map(({ path, value }) => [path[0], value]))
  return json(200, withGivenValues(imageView(row, context), given))
}

function changesOf({ exchange }: Context): Change[] {
  const draft = DRAFTS.get(contentType(exchange))
  if (!draft) throw unsupportedMediaType(exchange, { 'Accept-Patch': [...DRAFTS.keys()].join(', ') })
  const body = jsonBody(exchange)
  if (body === undefined) throw badRequest('Body expected in request.')
  if (!Array.isArray(body)) throw badRequest('Request body must be a JSON array of operation objects.')
  return body.map((raw) => {
    if (!isJsonObject(raw)) throw badRequest('Operations must be JSON objects.')
    return changeOf(raw, draft)
  })
}

function changeOf(raw: JsonObject, draft: 4 | 10): Change {
  const operation = draft === 10 ? draft10OperationOf(raw) : draft4OperationOf(raw)
  const pointer = draft === 10 ? raw.path : raw[operation]
  if (pointer === undefined) throw badRequest("Unable to find 'path' in JSON Schema change")
  // Glance calls .startswith(), which only a Python string has.
  if (typeof pointer !== 'string') throw internalError()
  const path = pathOf(pointer)
  const depth = path[0] === 'locations' && operation !== 'replace' ? 2 : 1
  if (path.length !== depth) throw badRequest(`Invalid JSON pointer for this resource: '/${path.join('/')}'`)
  if (operation !== 'remove' && raw.value === undefined) {
    throw badRequest(`Operation "${operation}" requires a member named "value".`)
  }
  const change = { operation, path, value: raw.value ?? null, draft }
  checkChange(change)
  return change
}

function draft10OperationOf({ op }: JsonObject): Change['operation'] {
  const available = `It must be one of the following: ${OPERATIONS.join(', ')}.`
  if (op === undefined || op === null) throw badRequest(`Unable to find \`op\` in JSON Schema change. ${available}`)
  const operation = OPERATIONS.find((one) => one === op)
  if (!operation) throw badRequest(`Invalid operation: \`${str(op)}\`. ${available}`)
  return operation
}

function draft4OperationOf(raw: JsonObject): Change['operation'] {
  const [operation, second] = OPERATIONS.filter((one) => one in raw)
  const named = 'named "add", "remove", or "replace".'
  if (second) throw badRequest(`Operation objects must contain only one member ${named}`)
  if (!operation) throw badRequest(`Operation objects must contain exactly one member ${named}`)
  return operation
}

function pathOf(pointer: string): string[] {
  const refuse = (reason: string) => badRequest(`Pointer \`${pointer}\` ${reason}`)
  if (!pointer.startsWith('/')) throw refuse('does not start with "/".')
  if (/\/\s*?\//.test(pointer.slice(1))) throw refuse('contains adjacent "/".')
  if (pointer.length > 1 && pointer.endsWith('/')) throw refuse('end with "/".')
  if (/~[^01]/.test(pointer) || pointer.endsWith('~')) {
    throw refuse('contains "~" not part of a recognized escape sequence.')
  }
  return pointer
    .replace(/^\/+/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').trim())
}

function checkChange({ operation, path, value }: Change): void {
  const [root = ''] = path
  if (READ_ONLY_IN_PATCH.includes(root)) throw readOnly(root)
  if (isReserved(root)) throw forbidden(`Attribute '${root}' is reserved.`)
  if (operation === 'remove') return
  validate({ [root]: path.length === 1 ? value : [value] }, IMAGE_SCHEMA, 'image')
}

function applyChange(context: Context, row: ImageRow, { operation, path, value, draft }: Change): void {
  const [root = ''] = path
  if (root === 'locations') throw locationsProblem(operation, value)
  if (operation === 'replace' && root === 'owner' && !context.isAdmin) {
    throw forbiddenWithDetail("Owner can't be updated by non admin.")
  }
  if (operation !== 'remove' && root === 'visibility' && value === 'public' && !context.isAdmin) {
    throw notAuthorized('publicize_image')
  }
  requireOwnership(context, row, 'You do not own this image')
  const attribute = Object.hasOwn(ATTRIBUTES, root) ? ATTRIBUTES[root] : undefined
  const present = attribute !== undefined || row.properties.has(root)
  if (operation === 'remove') {
    if (attribute) throw forbiddenWithDetail(`Property ${root} may not be removed.`)
    if (!row.properties.delete(root)) throw conflictWithDetail(`Property ${root} does not exist.`)
    return
  }
  if (operation === 'replace' && !present) throw conflictWithDetail(`Property ${root} does not exist.`)
  if (operation === 'add' && present && draft === 4) throw conflictWithDetail(`Property ${root} already present.`)
  if (attribute) attribute(row, value)
  else row.properties.set(root, typeof value === 'string' ? value : null)
}

function locationsProblem(operation: Change['operation'], value: JsonValue): GlanceProblem {
  const empty = operation === 'replace' && (!Array.isArray(value) || value.length === 0)
  if (empty) return forbiddenWithDetail('Cannot set locations to empty list.')
  const verb = operation === 'replace' ? 'update' : operation
  return forbidden(`It's not allowed to ${verb} locations if locations are invisible.`)
}

/** A setter for each attribute. Any other name is a custom property. */
const ATTRIBUTES: Record<string, (row: ImageRow, value: JsonValue) => void> = {
  name: (row, value) => {
    row.name = textOrNull(value)
  },
  visibility: (row, value) => {
    row.visibility = String(value)
  },
  owner: (row, value) => {
    row.owner = ownerOf(value)
  },
  protected: (row, value) => {
    row.protected = value === true
  },
  os_hidden: (row, value) => {
    row.hidden = value === true
  },
  tags: (row, value) => {
    requireTagQuota(Array.isArray(value) ? value : [])
    row.tags = tagsOf(value)
  },
  disk_format: (row, value) => {
    requireQueued(row, 'disk_format')
    row.diskFormat = textOrNull(value)
  },
  container_format: (row, value) => {
    requireQueued(row, 'container_format')
    row.containerFormat = textOrNull(value)
  },
  min_disk: (row, value) => {
    requireNotNegative(value, 'min_disk')
    row.minDisk = Number(value)
  },
  min_ram: (row, value) => {
    requireNotNegative(value, 'min_ram')
    row.minRam = Number(value)
  },
}

function requireQueued({ status }: ImageRow, attribute: string): void {
  if (status === 'queued' || status === 'importing') return
  throw forbidden(`Attribute ${attribute} can be only replaced for a queued image.`)
}
