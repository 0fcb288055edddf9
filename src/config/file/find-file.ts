import { dirname, resolve } from 'node:path'
import { ConfigurationError } from '../../errors.js'
import { type Environment, expandHome, variable } from '../environment.js'
import type { OptionName } from '../layers/options.js'
import { CONFIG_FILE, SECURE_FILE } from '../setting-table.js'
import { type ConfigFile, readConfigFile } from './read-file.js'
import { type FileKind, searchPaths } from './search-paths.js'

/** A file that was named instead of searched for, and what named it. */
export interface NamedFile {
  path: string
  /** The variable or the option that named it. */
  by: string
}

/**
 * The file of a kind: the one that was named, else the first that is found.
 *
 * @param onClosed called with each folder that may not be entered and is passed over.
 */
export async function findFile(
  kind: FileKind,
  named: NamedFile | undefined,
  environment: Environment,
  onClosed: (folder: string) => void = () => {},
): Promise<ConfigFile | undefined> {
  if (named) return readNamed(named, environment)
  for (const place of searchPaths(kind, environment)) {
    const found = await readConfigFile(place, () => onClosed(dirname(place)))
    if (found) return found
  }
  return undefined
}

async function readNamed({ path, by }: NamedFile, environment: Environment): Promise<ConfigFile> {
  const file = resolve(environment.cwd, expandHome(path, environment))
  const found = await readConfigFile(file)
  if (found) return found
  throw new ConfigurationError(`There is no file ${file}, which ${by} names.`, {
    hint: `Correct ${by}, or leave it out to have the usual places searched.`,
  })
}

/** The clouds file that an option or the environment names. */
export function namedCloudsFile(
  { configFile, optionName }: { configFile?: string | undefined; optionName?: OptionName | undefined },
  environment: Environment,
): NamedFile | undefined {
  if (configFile) return { path: configFile, by: optionName?.('config_file') ?? 'config_file' }
  const path = variable(environment, CONFIG_FILE.variable)
  return path === undefined ? undefined : { path, by: CONFIG_FILE.variable }
}

/** The file of secrets that the environment names. */
export function namedSecureFile(environment: Environment): NamedFile | undefined {
  const path = variable(environment, SECURE_FILE.variable)
  return path === undefined ? undefined : { path, by: SECURE_FILE.variable }
}
