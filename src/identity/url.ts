import { placeOf } from '../config/file/position.js'
import type { CloudSettings } from '../config/settings.js'
import { describeSource, type Source } from '../config/source.js'
import { ConfigurationError } from '../errors.js'
import { versionedUrl } from '../http/versioned-url.js'

/**
 * A setting's text as an http: or https: URL.
 *
 * @throws ConfigurationError with its place when it is none.
 */
export async function httpUrl(text: string, key: string, source: Source | undefined): Promise<URL> {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  const by = source && source.kind !== 'file' ? ` (${describeSource(source)})` : ''
  throw new ConfigurationError(`${key}${by} must be a URL that begins with http:// or https://.`, {
    place: await placeOf(source),
    hint: 'Write it whole, such as https://cloud.example.org:5000.',
  })
}

/**
 * The URL of Keystone's version 3, from `auth_url` with or without a version in it. It ends with a slash.
 *
 * @throws ConfigurationError when there is no auth_url, or one that is no URL.
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
      hint: 'Write it under "auth:", as .clouds.example.yaml shows it.',
    })
  }
  return new ConfigurationError(`The cloud made of ${variables.join(', ')} has no auth_url.`, {
    hint: 'Set OS_AUTH_URL too; or, to use a cloud of clouds.yaml, name it in OS_CLOUD.',
    remedy: { kind: 'name_cloud' },
  })
}
