import { type ApiError, ConfigurationError, withHint } from '../errors.js'
import { type Answer, jsonOf } from '../http/answer.js'
import { isJsonObject, type JsonValue } from '../http/json.js'
import type { LoginContext } from './login.js'
import { type Identity, identityBy, isKnownMethod } from './methods/keystone-methods.js'

/**
 * Builds the rest of a login that needs further methods. Keystone's response contains a receipt for the methods so far,
 * and the sets of methods of which it requires one.
 *
 * @throws ApiError with status 401 that names the missing methods, if they are unsupported or not configured.
 */
export async function completeLogin(answer: Answer, refusal: ApiError, context: LoginContext): Promise<Identity> {
  const { done, required } = readReceipt(answer)
  const missing = required
    .map((methods) => methods.filter((method) => !done.includes(method)))
    .filter((methods) => methods.length > 0 && methods.every(isKnownMethod))
    .sort((a, b) => a.length - b.length)[0]
  if (!missing) throw incomplete(refusal, required.map((methods) => methods.join(' + ')).join(' or '))
  try {
    return await identityBy(missing, context)
  } catch (error) {
    if (error instanceof ConfigurationError) throw incomplete(refusal, missing.join(' + '), error.hint)
    throw error
  }
}

function readReceipt(answer: Answer): { done: string[]; required: string[][] } {
  const body = jsonOf(answer)
  const receipt = isJsonObject(body) && isJsonObject(body.receipt) ? body.receipt : {}
  const required = isJsonObject(body) && Array.isArray(body.required_auth_methods) ? body.required_auth_methods : []
  return { done: textsOf(receipt.methods), required: required.map(textsOf) }
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

function incomplete(refusal: ApiError, missing: string, how?: string): ApiError {
  const hint = how ?? 'Set auth_type to v3multifactor and auth_methods to the methods that your Keystone requires.'
  return withHint(refusal, hint, `Keystone requires another login method for this user: ${missing || 'unknown'}.`)
}
