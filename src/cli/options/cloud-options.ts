import { type Command, Option } from 'commander'
import type { CloudSelection } from '../../config/resolve.js'
import { CLOUD_NAME, CONFIG_FILE, SETTINGS, settingAt } from '../../config/setting-table.js'
import { UsageError } from '../../errors.js'
import { collect } from './option-values.js'

/** Adds the options that choose a cloud and log in to it. */
export function addCloudOptions(program: Command): void {
  const add = (option: Option) => program.addOption(option.helpGroup('Cloud:'))
  add(
    new Option(
      `--${CLOUD_NAME.option} <name>`,
      'the cloud in clouds.yaml (repeatable for list, wait and report)',
    ).argParser(collect),
  )
  for (const { option, kind, description } of SETTINGS) {
    if (option === undefined) continue
    const flags = kind === 'boolean' ? `--${option}` : `--${option} <${kind === 'path' ? 'file' : 'value'}>`
    add(new Option(flags, description))
  }
  add(new Option(`--${CONFIG_FILE.option} <file>`, 'the clouds.yaml to read'))
}

/**
 * The one cloud that the options select.
 *
 * @throws UsageError for several --os-cloud, or for an empty cloud, region or file
 */
export function cloudOf(given: object, command = 'This command'): CloudSelection {
  const [selection = {}, another] = cloudSelections(given)
  if (another === undefined) return selection
  throw new UsageError(`${command} accepts --os-cloud only once.`)
}

/**
 * One selection for each --os-cloud; without the option, one that leaves the choice to the environment.
 *
 * @throws UsageError for an empty cloud, region or file
 */
export function cloudSelections(given: object): CloudSelection[] {
  const opts = given as Record<string, unknown>
  // A script whose variable is empty must not run on another cloud.
  for (const option of ['os-cloud', 'os-region-name', 'os-client-config-file']) {
    if ([opts[attributeOf(option)]].flat().includes(''))
      throw new UsageError(`--${option} must not be empty.`, { hint: 'Omit it, or set its value.' })
  }
  const options: Record<string, string | boolean> = {}
  for (const { option, path } of SETTINGS) {
    const value = option === undefined ? undefined : opts[attributeOf(option)]
    if (typeof value === 'string' || typeof value === 'boolean') options[path] = value
  }
  const file = opts[attributeOf(CONFIG_FILE.option)]
  const shared = { options, optionName, configFile: typeof file === 'string' ? file : undefined }
  const clouds = opts[attributeOf(CLOUD_NAME.option)]
  return Array.isArray(clouds) ? clouds.map((cloud: string) => ({ ...shared, cloud })) : [shared]
}

/** The option that gives a setting, as it is written. */
function optionName(path: string): string | undefined {
  const others: Record<string, string> = { cloud: CLOUD_NAME.option, config_file: CONFIG_FILE.option }
  const option = settingAt(path)?.option ?? others[path]
  return option && `--${option}`
}

/** The key under which commander stores an option's value. */
function attributeOf(option: string): string {
  return option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
