import { AUTH_TYPES, authTypeName, guessAuthType } from '../auth-types.js'
import { type Environment, variable } from '../environment.js'
import { SETTINGS, type Setting } from '../setting-table.js'
import type { Layer } from './layer.js'

// The variables of these settings alone do not define a cloud: they say neither where it is nor who logs in.
const DETAILS =
  /^(region_name|image_region_name|image_interface|verify|(image_)?service_(type|name)|(image_)?(status_code|connect)_retries|api_timeout)$/

/** Whether environment variables define a cloud. */
export function hasCloudVariables(environment: Environment): boolean {
  return setVariables(environment).length > 0
}

/** The environment variables that define a cloud. */
export function setVariables(environment: Environment): string[] {
  return SETTINGS.filter(({ path }) => !DETAILS.test(path)).flatMap((setting) => variableOf(setting, environment) ?? [])
}

/** The settings of the cloud that environment variables define. */
export function environmentCloud(environment: Environment): Layer {
  return layerOfVariables(SETTINGS, environment)
}

/** The environment variables that override a cloud of the files: they select a region, an interface, TLS settings or an endpoint. */
export function environmentSelectors(environment: Environment): Layer {
  return layerOfVariables(
    SETTINGS.filter(({ selector }) => selector),
    environment,
  )
}

/**
 * The secrets that the login method needs, that a cloud of the files does not set, and that environment variables set.
 *
 * @param cloud the settings of the files and options.
 */
export function environmentSecrets(cloud: Layer, environment: Environment): Layer {
  const secrets = missingSecrets(cloud)
  return layerOfVariables(
    SETTINGS.filter(({ path }) => secrets.has(path)),
    environment,
  )
}

/** The variables that are ignored, because a cloud of the files has other settings. */
export function ignoredVariables(cloud: Layer, environment: Environment): string[] {
  return SETTINGS.filter(
    // Old files of variables set OS_IMAGE_API_VERSION, which has no meaning here.
    ({ path, selector }) => !selector && path !== 'image_api_version',
  ).flatMap((setting) => {
    const name = variableOf(setting, environment)
    const value = name === undefined ? undefined : variable(environment, name)
    return name === undefined || value === undefined || agrees(cloud, setting.path, value) ? [] : [name]
  })
}

/**
 * Whether a variable has the same meaning as the cloud's own setting. Login methods have several names. The domain with
 * the ID `default` is normally named Default.
 */
function agrees(cloud: Layer, path: string, value: string): boolean {
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
  // Without a known method, a cloud with a user needs a password or a passcode, and one without a user needs a token.
  const fallback = has('username') || has('user_id') ? ['passcode', 'password'] : ['token']
  const secrets = type === undefined ? fallback : (AUTH_TYPES.get(type)?.secrets ?? [])
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
