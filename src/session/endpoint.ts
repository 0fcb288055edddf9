import type { CloudSettings } from '../config/settings.js'
import { ConfigurationError } from '../errors.js'
import { versionedUrl } from '../http/versioned-url.js'

/** What the placeholders of an endpoint stand for. */
export interface EndpointVariables {
  projectId?: string | undefined
  regionName?: string | undefined
}

/**
 * The URL below which the image service's routes lie, ending with `/v2/`. A version at the end of the endpoint is
 * Glance's, and all of its versions answer under /v2; a `v2` inside a name or in the middle is none.
 *
 * @throws ConfigurationError for an invalid URL, or an unknown placeholder.
 */
export function imageBase(endpoint: string, variables: EndpointVariables): URL {
  const text = fill(endpoint, variables)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    // A user and a password may stand before an @.
    const shown = JSON.stringify(text.slice(text.lastIndexOf('@') + 1))
    throw new ConfigurationError(`The image service's endpoint is not a URL: ${shown}.`, {
      hint: 'Set image_endpoint_override to a URL that begins with http:// or https://.',
    })
  }
  return versionedUrl(url, 'v2')
}

/** Whether a token that Keystone gave by https goes to the image service by http, where anybody on the way can read it. */
export function sendsInClear({ auth }: CloudSettings, endpoint: URL): boolean {
  return endpoint.protocol === 'http:' && /^\s*https:/i.test(auth.auth_url ?? '')
}

function fill(endpoint: string, { projectId, regionName }: EndpointVariables): string {
  return endpoint.trim().replace(/[%$]\((project_id|tenant_id|region_name)\)s/g, (placeholder, name: string) => {
    const value = name === 'region_name' ? regionName : projectId
    if (value !== undefined) return value
    throw new ConfigurationError(`The image service's endpoint holds ${placeholder}, and the login has no ${name}.`, {
      hint: 'Log in to a project (project_name or project_id), or write the endpoint without it.',
    })
  })
}
