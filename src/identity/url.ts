import { placeOf } from '../config/file/position.js'
import type { CloudSettings } from '../config/settings.js'
import { describeSource, type Source } from '../config/source.js'
import { ConfigurationError } from '../errors.js'
import { versionedUrl } from '../http/versioned-url.js'

/**
 * Parses the text of a setting as an http: or https: URL.
 *
 * @throws ConfigurationError with the setting's place if it is not such a URL.
 */
export async function httpUrl(text: string, key: string, source: Source | undefined): Promise<URL> {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  const by = source && source.kind !== 'file' ? ` (${describeSource(source)})` : ''
  throw new ConfigurationError(`${key}${by} must be a URL that begins with http:// or https://.`, {
    place: await placeOf(source),
    hint: 'Write a complete URL, such as https://cloud.example.org:5000.',
  })
}

/**
 * The URL of version 3 of Keystone, from `auth_url` with or without a version. It ends with a slash.
 *
 * @throws ConfigurationError if auth_url is missing or not a URL.
 */
export async function keystoneUrl({ name, auth, sources }: CloudSettings): Promise<URL> {
  if (!auth.auth_url) throw missingAuthUrl(name, sources)
  const url = await httpUrl(auth.auth_url, 'auth_url', sources['auth.auth_url'])
  return versionedUrl(url, 'v3')
}

function missingAuthUrl(cloud: string, sources: CloudSettings['sources']): ConfigurationError {
  const all = Object.values(sources)
  const variables = all.flatMap((source) => (source.kind === 'variable' ? [source.name] : []))
  const file = all.find((source) => source.kind === 'file')
  if (file || variables.length === 0) {
    const where = file ? ` in ${describeSource(file)}` : ''
    return new ConfigurationError(`The cloud "${cloud}"${where} has no auth_url.`, {
      hint: 'Add it under "auth:". For an example, see .clouds.example.yaml in the package.',
    })
  }
  return new ConfigurationError(`The cloud defined by ${variables.join(', ')} has no auth_url.`, {
    hint: 'Set OS_AUTH_URL as well, or set OS_CLOUD to use a cloud from clouds.yaml.',
    remedy: { kind: 'name_cloud' },
  })
}
