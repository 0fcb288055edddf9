import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { describeViolation, findViolations } from '../python/json-schema.js'
import { KeystoneProblem } from './errors.js'

const TEXT = { type: 'string' }
const NAME_OR_ID = { type: 'object', properties: { id: TEXT, name: TEXT } }

/** Keystone's schema for a login. Its order determines which violation is found first. */
const LOGIN: JsonObject = {
  type: 'object',
  properties: {
    identity: {
      type: 'object',
      properties: {
        methods: { type: 'array', items: TEXT },
        password: {
          type: 'object',
          properties: {
            user: { type: 'object', properties: { id: TEXT, name: TEXT, password: TEXT, domain: NAME_OR_ID } },
          },
        },
        token: { type: 'object', properties: { id: TEXT }, required: ['id'] },
      },
      required: ['methods'],
    },
    scope: {
      type: ['object', 'string'],
      properties: {
        project: { type: 'object', properties: { name: TEXT, id: TEXT, domain: NAME_OR_ID } },
        domain: NAME_OR_ID,
        'OS-TRUST:trust': { type: 'object', properties: { id: TEXT } },
        system: { type: 'object', properties: { all: { type: 'boolean', enum: [true, false, null] } } },
      },
    },
  },
  required: ['identity'],
}

/** @throws KeystoneProblem 400 with the first violation, its schema and the whole instance. */
export function validateLogin(auth: JsonValue): asserts auth is JsonObject {
  const [violation] = findViolations(auth, LOGIN)
  if (violation) {
    const place = violation.path.length > 0 ? `Invalid input for field '${violation.path.join('/')}': ` : ''
    throw new KeystoneProblem(400, place + describeViolation(violation))
  }
  const { identity, scope } = auth as JsonObject
  requireNameOrId(identity, 'identity', ['password', 'user'])
  requireNameOrId(identity, 'identity', ['password', 'user', 'domain'])
  requireNameOrId(scope, 'scope', ['project'])
  requireNameOrId(scope, 'scope', ['project', 'domain'])
  requireNameOrId(scope, 'scope', ['domain'])
}

/** Requires that the object at this path, if it exists, has an id or a name. */
function requireNameOrId(root: JsonValue | undefined, name: string, path: string[]): void {
  let value = root
  for (const key of path) value = isJsonObject(value) ? value[key] : undefined
  if (!isJsonObject(value) || 'id' in value || 'name' in value) return
  const field = [name, ...path].join('/')
  throw new KeystoneProblem(400, `Invalid input for field ${field}: id or name must be present.`)
}
