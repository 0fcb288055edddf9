import type { CloudSettings } from '../config/settings.js'
import { urlPart } from '../config/url-part.js'
import { ConfigurationError } from '../errors.js'
import { versionedUrl } from '../http/versioned-url.js'

/** The values of the placeholders in an endpoint. */
export interface EndpointVariables {
  projectId?: string | undefined
  regionName?: string | undefined
}

/**
 * The base URL of the image service, which ends with `/v2/`. Replaces a version at the end of the endpoint, because Glance
 * serves all its versions below /v2. A `v2` in a name or in the middle is not a version.
 *
 * @throws ConfigurationError for an invalid URL, or an unknown placeholder.
 */
export function imageBase(endpoint: string, variables: EndpointVariables): URL {
  const text = fillPlaceholders(endpoint, variables)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    // The part before an @ may be a user and a password.
    const shown = JSON.stringify(text.slice(text.lastIndexOf('@') + 1))
    throw new ConfigurationError(`The image service's endpoint is not a URL: ${shown}.`, {
      hint: 'Set image_endpoint_override to a URL that begins with http:// or https://.',
    })
  }
  return versionedUrl(url, 'v2')
}

/** Whether a token that Keystone sent over https would be sent to the image service over http, where others can read it. */
export function sendsUnencrypted({ auth }: CloudSettings, endpoint: URL): boolean {
  return endpoint.protocol === 'http:' && /^\s*https:/i.test(auth.auth_url ?? '')
}

function fillPlaceholders(endpoint: string, { projectId, regionName }: EndpointVariables): string {
  return endpoint.trim().replace(/[%$]\((project_id|tenant_id|region_name)\)s/g, (placeholder, name: string) => {
    const [kind, value] = name === 'region_name' ? (['region', regionName] as const) : (['project', projectId] as const)
    if (value !== undefined) return urlPart(kind, value)
    throw new ConfigurationError(
      `The image service's endpoint contains ${placeholder}, but the login has no ${name}.`,
      {
        hint: 'Log in to a project (project_name or project_id), or remove the placeholder from the endpoint.',
      },
    )
  })
}
