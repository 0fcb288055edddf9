import { type ApiError, ConfigurationError, withHint } from '../errors.js'
import { type Answer, jsonOf } from '../http/answer.js'
import { isJsonObject, type JsonValue } from '../http/json.js'
import type { LoginContext } from './login.js'
import { type Identity, identityBy, isKnownMethod } from './methods/keystone-methods.js'

/**
 * What is still missing after a login of which Keystone took a part: it answers with a receipt for that part, and with
 * the sets of methods that it would be content with.
 *
 * @throws ApiError of status 401 that names what is missing, when it cannot be had.
 */
export async function completeLogin(answer: Answer, refusal: ApiError, context: LoginContext): Promise<Identity> {
  const { given, wanted } = readReceipt(answer)
  const missing = wanted
    .map((methods) => methods.filter((method) => !given.includes(method)))
    .filter((methods) => methods.length > 0 && methods.every(isKnownMethod))
    .sort((a, b) => a.length - b.length)[0]
  if (!missing) throw incomplete(refusal, wanted.map((methods) => methods.join(' + ')).join(' or '))
  try {
    return await identityBy(missing, context)
  } catch (error) {
    if (error instanceof ConfigurationError) throw incomplete(refusal, missing.join(' + '), error.hint)
    throw error
  }
}

function readReceipt(answer: Answer): { given: string[]; wanted: string[][] } {
  const body = jsonOf(answer)
  const receipt = isJsonObject(body) && isJsonObject(body.receipt) ? body.receipt : {}
  const wanted = isJsonObject(body) && Array.isArray(body.required_auth_methods) ? body.required_auth_methods : []
  return { given: textsOf(receipt.methods), wanted: wanted.map(textsOf) }
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

function incomplete(refusal: ApiError, missing: string, how?: string): ApiError {
  const hint = how ?? 'Set auth_type to v3multifactor and auth_methods to the methods that your Keystone asks for.'
  return withHint(refusal, hint, `Keystone asks for more before it logs this user in: ${missing || 'another method'}.`)
}
