import { UsageError } from '../errors.js'
import { didYouMean } from '../nearest.js'

/** The keys of `auth` in a cloud. */
const AUTH_KEYS = [
  'auth_url',
  'username',
  'user_id',
  'password',
  'passcode',
  'project_name',
  'project_id',
  'user_domain_name',
  'user_domain_id',
  'project_domain_name',
  'project_domain_id',
  'domain_name',
  'domain_id',
  'default_domain_name',
  'default_domain_id',
  'system_scope',
  'trust_id',
  'token',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
  'auth_methods',
  'identity_provider',
  'protocol',
  'client_id',
  'client_secret',
  'openid_scope',
  'discovery_endpoint',
  'access_token_endpoint',
  'access_token_type',
  'access_token',
  'endpoint',
] as const

const OTHER_PATHS = [
  'auth_type',
  'region_name',
  'interface',
  'cacert',
  'cert',
  'key',
  'insecure',
  'verify',
  'image_endpoint_override',
  'image_interface',
  'image_region_name',
  'image_service_type',
  'image_service_name',
  'image_api_version',
  'image_status_code_retries',
  'image_connect_retries',
  'endpoint_override',
  'service_type',
  'service_name',
  'status_code_retries',
  'connect_retries',
  'api_timeout',
  'cache.auth',
] as const

/** The path of a setting in a cloud of clouds.yaml. */
export type SettingPath = `auth.${(typeof AUTH_KEYS)[number]}` | (typeof OTHER_PATHS)[number]

/** All paths of settings. */
export const SETTING_PATHS: readonly SettingPath[] = [...AUTH_KEYS.map((key) => `auth.${key}` as const), ...OTHER_PATHS]

/** Settings by their path in a cloud of clouds.yaml. Write a list as one text with commas. */
export type Settings = { [Path in SettingPath]?: string | number | boolean | undefined }

/**
 * Checks settings, and leaves out those that are undefined.
 *
 * @throws UsageError for an unknown path, or a value that is not a string, number or boolean. It never shows a value.
 */
export function checkedSettings(settings: Settings): Record<string, string | boolean> {
  const checked: Record<string, string | boolean> = {}
  for (const [path, value] of Object.entries(settings)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) throw nested(path, value)
    if (!SETTING_PATHS.includes(path as SettingPath)) throw unknown(path)
    if (value === undefined) continue
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new UsageError(`connect(): the setting ${path} must be text, a number or a boolean.`, {
        hint: 'Write a list as one text with commas.',
      })
    }
    checked[path] = typeof value === 'boolean' ? value : String(value)
  }
  return checked
}

function nested(path: string, value: object): UsageError {
  const [key = 'username'] = Object.keys(value)
  return new UsageError(`connect(): the setting ${path} is an object, but settings are not nested.`, {
    hint: `Use the path of each setting, such as '${path}.${key}'.`,
  })
}

function unknown(path: string): UsageError {
  return new UsageError(`connect(): unknown setting ${JSON.stringify(path)}.`, {
    hint:
      didYouMean(path, SETTING_PATHS) ??
      `Use the path of a setting in clouds.yaml, such as 'auth.username' or 'region_name'.`,
  })
}
