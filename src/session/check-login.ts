import { AUTH_TYPES, type AuthType } from '../config/auth-types.js'
import type { CloudSettings } from '../config/settings.js'
import { ConfigurationError } from '../errors.js'
import { scopeOf } from '../identity/scope.js'
import { keystoneUrl } from '../identity/url.js'
import { nearest } from '../nearest.js'
import { imageBase } from './endpoint.js'

/**
 * Checks the settings of a login before anything is sent: its method, its URL and its scope.
 *
 * @returns the login method.
 * @throws ConfigurationError if one of them is invalid.
 */
export async function checkLogin(settings: CloudSettings): Promise<AuthType> {
  const type = AUTH_TYPES.get(settings.authType)
  if (!type) throw unsupported(settings)
  if (type.keystone) await keystoneUrl(settings)
  else checkEndpoint(settings)
  scopeOf(settings)
  return type
}

function checkEndpoint({ name, authType, image, auth }: CloudSettings): void {
  const endpoint = image.endpointOverride ?? auth.endpoint
  if (endpoint !== undefined) return void imageBase(endpoint, {})
  throw new ConfigurationError(`The cloud "${name}" uses the auth_type ${authType}, but has no endpoint.`, {
    hint: 'Set image_endpoint_override, or endpoint under auth:, to the URL of the image service.',
  })
}

function unsupported({ name, authType }: CloudSettings): ConfigurationError {
  const types = [...AUTH_TYPES.keys()]
  const meant = nearest(authType, types)
  return new ConfigurationError(`The auth_type "${authType}" of the cloud "${name}" is not supported.`, {
    hint: `${meant ? `Did you mean "${meant}"? ` : ''}Supported types: ${types.join(', ')}.`,
  })
}
