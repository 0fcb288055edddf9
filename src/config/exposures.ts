import { isAbsolute, relative, sep } from 'node:path'
import { maskText } from '../http/mask.js'
import { AUTH_TYPES, authTypeName } from './auth-types.js'
import type { Entry, Layer } from './layers/layer.js'
import { describeSource, type Source } from './source.js'

/** A secret that somebody else may get: a file that was found in the working directory says where it goes. */
export interface Exposure {
  /** Sent at the login, to `auth_url` and its like, or with each request, to the image service. */
  at: 'login' | 'requests'
  /** `auth.password of /home/me/.config/openstack/secure.yaml goes to https://…, which auth.auth_url in … names` */
  text: string
}

// Where secrets go at a login, and where they or the token go with each request.
const LOGIN_TARGETS = ['auth.auth_url', 'auth.access_token_endpoint', 'auth.discovery_endpoint']
const REQUEST_TARGETS = ['image_endpoint_override', 'endpoint_override', 'auth.endpoint']

/**
 * The secrets that lie outside the working directory and that a file in it sends somewhere. Such a file comes first in the
 * search. Anybody can have written it: it may have come with a repository.
 *
 * @param named the files that the user named: these are meant.
 */
export function exposuresIn(layer: Layer, cwd: string, named: readonly string[]): Exposure[] {
  const isInside = (source: Source) => source.kind === 'file' && isBelow(source.file, cwd)
  const isFound = (source: Source) => isInside(source) && source.kind === 'file' && !named.includes(source.file)
  const isOutside = (source: Source) => source.kind === 'variable' || (source.kind === 'file' && !isInside(source))

  const given = (paths: readonly string[]) => paths.flatMap((path) => entryAt(layer, path))
  const secrets = given(secretsOf(layer)).filter(({ entry }) => isOutside(entry.source))
  const exposed = (at: Exposure['at'], targets: readonly string[]) =>
    given(targets)
      .filter(({ entry }) => isFound(entry.source))
      .flatMap((target) => secrets.map((secret) => ({ at, text: textOf(secret, target) })))
  return [...exposed('login', LOGIN_TARGETS), ...exposed('requests', REQUEST_TARGETS)]
}

interface Given {
  path: string
  entry: Entry
}

function entryAt(layer: Layer, path: string): Given[] {
  const entry = layer.get(path)
  return entry ? [{ path, entry }] : []
}

function secretsOf(layer: Layer): string[] {
  const type = layer.get('auth_type')?.value
  return (typeof type === 'string' ? (AUTH_TYPES.get(authTypeName(type))?.secrets ?? []) : []).map(
    (key) => `auth.${key}`,
  )
}

function textOf(secret: Given, target: Given): string {
  const from = describeSource(secret.entry.source)
  const to = describeSource(target.entry.source)
  return `${secret.path} of ${from} goes to ${maskText(String(target.entry.value))}, which ${target.path} in ${to} names`
}

function isBelow(file: string, folder: string): boolean {
  const path = relative(folder, file)
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}
