import { SETTINGS, type SettingPath, settingAt } from '../config/setting-table.js'
import { UsageError } from '../errors.js'
import { didYouMean } from '../nearest.js'

/** Settings by their path in a cloud of clouds.yaml. Write a list as a comma-separated string. */
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
    if (settingAt(path) === undefined) throw unknown(path)
    if (value === undefined) continue
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new UsageError(`connect(): the setting ${path} must be text, a number or a boolean.`, {
        hint: 'Write a list as a comma-separated string.',
      })
    }
    checked[path] = typeof value === 'boolean' ? value : String(value)
  }
  return checked
}

/**
 * Whether settings define a whole cloud, as they say where to log in, or that no login is needed. They are then not mixed with
 * those of another cloud, whose login would replace theirs.
 */
export function areComplete(settings: Record<string, string | boolean>): boolean {
  return 'auth.auth_url' in settings || 'auth.endpoint' in settings || settings.auth_type === 'none'
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
      didYouMean(
        path,
        SETTINGS.map((setting) => setting.path),
      ) ?? `Use the path of a setting in clouds.yaml, such as 'auth.username' or 'region_name'.`,
  })
}
