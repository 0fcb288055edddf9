import { dirname, resolve } from 'node:path'
import { ConfigurationError } from '../../errors.js'
import { type Environment, expandHome, variable } from '../environment.js'
import type { OptionName } from '../layers/options.js'
import { CONFIG_FILE, SECURE_FILE } from '../setting-table.js'
import { type ConfigFile, readConfigFile } from './read-file.js'
import { type FileKind, searchPaths } from './search-paths.js'

/** A file that the user named, instead of relying on the search. */
export interface NamedFile {
  path: string
  /** The variable or option that names it. */
  by: string
}

/**
 * Reads the file of a kind: the named one, else the first one in the search paths.
 *
 * @param onInaccessible called with each folder that is skipped because access is denied.
 */
export async function findFile(
  kind: FileKind,
  named: NamedFile | undefined,
  environment: Environment,
  onInaccessible: (folder: string) => void = () => {},
): Promise<ConfigFile | undefined> {
  if (named) return readNamed(named, environment)
  for (const path of searchPaths(kind, environment)) {
    const found = await readConfigFile(path, () => onInaccessible(dirname(path)))
    if (found) return found
  }
  return undefined
}

async function readNamed({ path, by }: NamedFile, environment: Environment): Promise<ConfigFile> {
  const file = resolve(environment.cwd, expandHome(path, environment))
  const found = await readConfigFile(file)
  if (found) return found
  throw new ConfigurationError(`File not found: ${file}, set by ${by}.`, {
    hint: `Correct ${by}, or omit it to search the default paths.`,
  })
}

/** The clouds file that an option or a variable names, if any. */
export function namedCloudsFile(
  { configFile, optionName }: { configFile?: string | undefined; optionName?: OptionName | undefined },
  environment: Environment,
): NamedFile | undefined {
  if (configFile) return { path: configFile, by: optionName?.('config_file') ?? 'config_file' }
  const path = variable(environment, CONFIG_FILE.variable)
  return path === undefined ? undefined : { path, by: CONFIG_FILE.variable }
}

/** The secure.yaml that a variable names, if any. */
export function namedSecureFile(environment: Environment): NamedFile | undefined {
  const path = variable(environment, SECURE_FILE.variable)
  return path === undefined ? undefined : { path, by: SECURE_FILE.variable }
}
