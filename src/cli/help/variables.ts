import type { Command, Option } from 'commander'
import { CLOUD_NAME, CONFIG_FILE, SETTINGS } from '../../config/setting-table.js'
import { optionVariables } from '../options/variables.js'

const CLOUD_VARIABLES = new Map<string, string | undefined>([
  ...SETTINGS.map(({ option = '', variables: [variable] }) => [option, variable] as const),
  ...[CLOUD_NAME, CONFIG_FILE].map(({ option, variable }) => [option, variable] as const),
])

/** Returns a function that names the environment variable of an option of every command. */
export function variablesOf(program: Command): (option: Option) => string | undefined {
  const ours = new Map(optionVariables(program).map(({ option, name }) => [option, name]))
  return (option) => ours.get(option) ?? CLOUD_VARIABLES.get(option.name())
}
