import { maskText } from '../http/mask.js'
import { AUTH_TYPES, authTypeName } from './auth-types.js'
import { type Environment, pathsOf } from './environment.js'
import type { Entry, Layer } from './layers/layer.js'
import { SETTINGS } from './setting-table.js'
import { describeSource, type Source } from './source.js'

/** A secret that may leak, because a file found in the working directory decides where it is sent. */
export interface Exposure {
  /** Whether the secret is sent at the login, to `auth_url` and the like, or with each request to the image service. */
  at: 'login' | 'requests'
  /** `auth.password from /home/me/.config/openstack/secure.yaml would be sent to https://…, set by auth.auth_url in …` */
  text: string
}

/**
 * Finds secrets from outside the working directory that a file inside it sends somewhere. The search finds such a file
 * first, and anybody can have written it: it may be part of a cloned repository.
 *
 * @param named files that the user named. They are trusted.
 */
export function exposuresIn(
  layer: Layer,
  environment: Pick<Environment, 'cwd' | 'platform'>,
  named: readonly string[],
): Exposure[] {
  const isInside = (source: Source) => source.kind === 'file' && isBelow(source.file, environment)
  const isFound = (source: Source) => isInside(source) && source.kind === 'file' && !named.includes(source.file)
  const isOutside = (source: Source) => source.kind === 'variable' || (source.kind === 'file' && !isInside(source))

  const given = (paths: readonly string[]) => paths.flatMap((path) => entryAt(layer, path))
  const secrets = given(secretsOf(layer)).filter(({ entry }) => isOutside(entry.source))
  const exposed = (at: Exposure['at']) =>
    given(SETTINGS.filter(({ receives }) => receives === at).map(({ path }) => path))
      .filter(({ entry }) => isFound(entry.source))
      .flatMap((target) => secrets.map((secret) => ({ at, text: textOf(secret, target) })))
  return [...exposed('login'), ...exposed('requests')]
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
  return `${secret.path} from ${from} would be sent to ${maskText(String(target.entry.value))}, set by ${target.path} in ${to}`
}

function isBelow(file: string, environment: Pick<Environment, 'cwd' | 'platform'>): boolean {
  const { isAbsolute, relative, sep } = pathsOf(environment)
  const path = relative(environment.cwd, file)
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}
