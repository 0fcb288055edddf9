import { maskText } from '../http/mask.js'
import { AUTH_TYPES, authTypeName } from './auth-types.js'
import { type Environment, pathsOf } from './environment.js'
import { configDirectories } from './file/search-paths.js'
import type { Entry, Layer } from './layers/layer.js'
import { SETTINGS } from './setting-table.js'
import { describeSource, type Source } from './source.js'

/** A secret that may leak, because a file found in the working directory decides where it is sent. */
export interface Exposure {
  /**
   * When it is sent: at the login, to `auth_url` and the like; with each request to the image service; or at the login, after
   * the user has typed it at a prompt.
   */
  at: 'login' | 'requests' | 'prompt'
  /**
   * `auth.password from /home/me/.config/openstack/secure.yaml would be sent to https://…, set by auth.auth_url in …`. For a
   * prompt, the part from `sent to` on.
   */
  text: string
}

/**
 * Finds secrets from outside the working directory that a file in it sends somewhere. The search finds such a file first, and
 * anybody can have written it: it may be part of a cloned repository.
 *
 * @param layer the merged settings, in which `verify` has replaced `insecure`.
 * @param named files that the user named. They are trusted.
 */
export function exposuresIn(layer: Layer, environment: Environment, named: readonly string[]): Exposure[] {
  const isHere = ({ file }: FileSource) => isInWorkingDirectory(file, environment)
  const isFound = (source: Source) => source.kind === 'file' && isHere(source) && !named.includes(source.file)
  // A link is in the working directory, but the file with the secret is not.
  const isElsewhere = (source: Source) => source.kind === 'file' && (!isHere(source) || source.target !== undefined)

  const { secrets, keystone } = AUTH_TYPES.get(authTypeOf(layer)) ?? { secrets: [], keystone: true }
  const given = secrets.flatMap((key) => settingOf(layer, `auth.${key}`))
  const foreign = given
    .filter(({ source }) => source.kind === 'variable' || isElsewhere(source))
    .map(({ path, source }): Thing => ({ source, text: `${path} from ${placeOf(source)}` }))
  const tokens = keystone ? tokenOf(layer).filter(({ source }) => source.kind !== 'file' || isElsewhere(source)) : []
  const isPrompted = given.length < secrets.length

  const login = [...targets(layer, 'login'), ...trust(layer)].filter(({ source }) => isFound(source))
  const requests = targets(layer, 'requests').filter(({ source }) => isFound(source))
  const prompt = isPrompted ? [...login, ...(keystone ? [] : requests)] : []
  return [
    ...pairs('login', foreign, login),
    ...pairs('requests', keystone ? tokens : foreign, requests),
    ...prompt.map(({ text }): Exposure => ({ at: 'prompt', text: `sent to ${text}` })),
  ]
}

type FileSource = Extract<Source, { kind: 'file' }>

/** What is sent, or where it is sent to, and which setting decides that. */
interface Thing {
  source: Source
  text: string
}

function pairs(at: Exposure['at'], sent: readonly Thing[], to: readonly Thing[]): Exposure[] {
  return to.flatMap((target) =>
    sent
      // A file with both of them means that.
      .filter((thing) => fileOf(thing) === undefined || fileOf(thing) !== fileOf(target))
      .map((thing) => ({ at, text: `${thing.text} would be sent to ${target.text}` })),
  )
}

function fileOf({ source }: Thing): string | undefined {
  return source.kind === 'file' ? source.file : undefined
}

function authTypeOf(layer: Layer): string {
  const type = layer.get('auth_type')?.value
  return typeof type === 'string' ? authTypeName(type) : ''
}

function settingOf(layer: Layer, path: string): (Entry & { path: string })[] {
  const entry = layer.get(path)
  return entry ? [{ path, ...entry }] : []
}

/** The token that the login gets. */
function tokenOf(layer: Layer): Thing[] {
  return settingOf(layer, 'auth.auth_url').map(({ value, source }) => ({
    source,
    text: `The token of ${maskText(String(value))}, set by auth.auth_url in ${placeOf(source)},`,
  }))
}

/** The URLs that receive secrets, and the settings that decide them: the URL itself, and a region in it. */
function targets(layer: Layer, receives: 'login' | 'requests'): Thing[] {
  const region = layer.has('image_region_name') ? 'image_region_name' : 'region_name'
  return SETTINGS.filter((setting) => setting.receives === receives)
    .flatMap(({ path }) => settingOf(layer, path))
    .flatMap(({ path, value, source, region: filledIn }) => {
      const later = /[%$]\(region_name\)s/.test(String(value)) ? settingOf(layer, region) : []
      return [{ path, source }, ...(filledIn ? [{ path: 'region_name', source: filledIn }] : []), ...later].map(
        (setting) => thing(maskText(String(value)), setting),
      )
    })
}

/** The settings that decide which server is believed to be the right one. */
function trust(layer: Layer): Thing[] {
  const [verify] = settingOf(layer, 'verify')
  const isOff = typeof verify?.value === 'string' && /^(false|no|off|0)$/i.test(verify.value)
  return [
    ...(verify && isOff ? [thing('a server whose certificate is not verified', writtenAs(verify))] : []),
    ...settingOf(layer, 'cacert').map((cacert) => thing(`any server with a certificate from ${cacert.value}`, cacert)),
  ]
}

/** `verify` may be written as `insecure`. */
function writtenAs({ path, source }: Entry & { path: string }): { path: string; source: Source } {
  return { path: source.kind === 'file' ? (source.keys.at(-1) ?? path) : path, source }
}

function thing(text: string, { path, source }: { path: string; source: Source }): Thing {
  return { source, text: `${text}, set by ${path} in ${placeOf(source)}` }
}

function placeOf(source: Source): string {
  const link = source.kind === 'file' && source.target !== undefined ? `, a link to ${source.target},` : ''
  return describeSource(source) + link
}

/** Whether the search found a file only because of the working directory. */
function isInWorkingDirectory(file: string, environment: Environment): boolean {
  const { dirname, relative } = pathsOf(environment)
  const isSame = (a: string, b: string) => relative(a, b) === ''
  const { cwd } = environment
  return isSame(dirname(file), cwd) && !configDirectories(environment).some((directory) => isSame(directory, cwd))
}
