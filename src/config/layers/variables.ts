import { AUTH_TYPES, authTypeName, guessAuthType } from '../auth-types.js'
import { type Environment, variable } from '../environment.js'
import { SETTINGS, type Setting } from '../setting-table.js'
import type { Layer } from './layer.js'

// The selectors alone make no cloud: they only choose among those of the file.
const SELECTS_ONLY = new Set(['region_name'])

/** Whether the environment holds a cloud of its own. */
export function hasCloudVariables(environment: Environment): boolean {
  return setVariables(environment).length > 0
}

/** The variables that make up the environment's own cloud. */
export function setVariables(environment: Environment): string[] {
  return SETTINGS.filter(({ path }) => !SELECTS_ONLY.has(path)).flatMap(
    (setting) => variableOf(setting, environment) ?? [],
  )
}

/** The cloud that is made of variables. */
export function environmentCloud(environment: Environment): Layer {
  return layerOfVariables(SETTINGS, environment)
}

/**
 * What the environment may say about a cloud that was chosen by its name: the settings that select (region, interface,
 * TLS, endpoint), and a secret that the cloud leaves out and its way to log in needs.
 *
 * @param cloud the cloud by its files and by options.
 */
export function environmentOverrides(cloud: Layer, environment: Environment): Layer {
  const secrets = missingSecrets(cloud)
  return layerOfVariables(
    SETTINGS.filter(({ path, selector }) => selector || secrets.has(path)),
    environment,
  )
}

/** The auth variables that a named cloud leaves aside although they say otherwise than it does. */
export function ignoredVariables(cloud: Layer, environment: Environment): string[] {
  return SETTINGS.filter(
    ({ path, selector }) => !selector && (path === 'auth_type' || path.startsWith('auth.')),
  ).flatMap((setting) => {
    const name = variableOf(setting, environment)
    const value = name === undefined ? undefined : variable(environment, name)
    return name === undefined || value === undefined || saysSo(cloud, setting.path, value) ? [] : [name]
  })
}

/**
 * Whether a cloud says the same, the way to log in by whichever of its names; the domain `default` has the name Default
 * wherever Keystone was set up as usual.
 */
function saysSo(cloud: Layer, path: string, value: string): boolean {
  const found = cloud.get(path)?.value
  if (found === value || (path === 'auth_type' && found === authTypeName(value))) return true
  if (!/_domain_(id|name)$/.test(path) || value.toLowerCase() !== 'default') return false
  const other = cloud.get(path.replace(/(id|name)$/, (kind) => (kind === 'id' ? 'name' : 'id')))?.value
  return typeof other === 'string' && other.toLowerCase() === 'default'
}

function missingSecrets(cloud: Layer): Set<string> {
  const has = (key: string) => cloud.has(`auth.${key}`)
  const given = cloud.get('auth_type')?.value
  const type = typeof given === 'string' ? authTypeName(given) : guessAuthType(has)
  // A cloud that says who, but not how, may be given either; one that says nothing at all, a token.
  const open = has('username') || has('user_id') ? ['passcode', 'password'] : ['token']
  const secrets = type === undefined ? open : (AUTH_TYPES.get(type)?.secrets ?? [])
  return new Set(secrets.filter((key) => !has(key)).map((key) => `auth.${key}`))
}

function layerOfVariables(settings: readonly Setting[], environment: Environment): Layer {
  const layer: Layer = new Map()
  for (const setting of settings) {
    const name = variableOf(setting, environment)
    const value = name === undefined ? undefined : variable(environment, name)
    if (name === undefined || value === undefined) continue
    layer.set(setting.path, { keys: setting.path.split('.'), value, source: { kind: 'variable', name } })
  }
  return layer
}

/** The first of a setting's variables that is set. */
function variableOf(setting: Setting, environment: Environment): string | undefined {
  return setting.variables.find((name) => variable(environment, name) !== undefined)
}
