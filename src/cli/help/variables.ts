import type { Option } from 'commander'
import { CLOUD_NAME, CONFIG_FILE, SETTINGS } from '../../config/setting-table.js'

const CLOUD_VARIABLES = new Map<string, string | undefined>([
  ...SETTINGS.map(({ option = '', variables: [variable] }) => [option, variable] as const),
  ...[CLOUD_NAME, CONFIG_FILE].map(({ option, variable }) => [option, variable] as const),
])

/** The environment variable that sets an option of every command; undefined if there is none. */
export function variableOf({ long = '' }: Pick<Option, 'long'>): string | undefined {
  const name = long.replace(/^--/, '')
  if (name === 'version' || name === 'help') return undefined
  return CLOUD_VARIABLES.get(name) ?? `GLANCE_TASKS_${name.replaceAll('-', '_').toUpperCase()}`
}
