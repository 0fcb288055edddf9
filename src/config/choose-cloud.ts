import { ConfigurationError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { type Environment, variable } from './environment.js'
import { type CloudFiles, cloudsIn, describeInaccessible } from './file/clouds-file.js'
import { notFoundIn } from './file/search-paths.js'
import type { Layer } from './layers/layer.js'
import type { OptionName } from './layers/options.js'
import { hasCloudVariables, setVariables } from './layers/variables.js'
import { CLOUD_NAME, CONFIG_FILE } from './setting-table.js'

/** The name of the cloud that OS_* variables define. */
export const ENVIRONMENT_CLOUD = 'envvars'
/** The name of the cloud that options alone define. */
const OPTIONS_CLOUD = 'options'

// Any of these settings defines a cloud: Keystone's URL, or an endpoint that needs no Keystone.
const DEFINING_SETTINGS = ['auth.auth_url', 'auth.endpoint', 'image_endpoint_override']

/** The chosen cloud, and whether files, variables or options define it. */
export interface Choice {
  name: string
  from: 'files' | 'environment' | 'options'
}

/** How the user selects a cloud. */
export interface ChooseOptions {
  /** The name of the cloud, if an option sets it. */
  cloud?: string | undefined
  /** The settings from options. */
  options: Layer
  /** The name of the option for a setting, for error messages. */
  optionName?: OptionName | undefined
  /** Lets the user choose at a terminal. */
  choose?: ((names: readonly string[]) => Promise<string | undefined>) | undefined
}

/**
 * Chooses the cloud: the one named by an option, else by OS_CLOUD, else the cloud that OS_* variables define, else the
 * only cloud in the files, else the cloud that options define. If several clouds remain, the user chooses.
 *
 * @throws ConfigurationError that lists the clouds, or the searched paths.
 */
export async function chooseCloud(
  { cloud, options, optionName, choose }: ChooseOptions,
  files: CloudFiles,
  environment: Environment,
): Promise<Choice> {
  const names = [...(await cloudsIn(files)).keys()]
  const named = cloud || variable(environment, CLOUD_NAME.variable)
  const fromEnvironment = hasCloudVariables(environment)
  if (named !== undefined) return namedCloud(named, names, fromEnvironment, files, environment, optionName)
  if (fromEnvironment) {
    if (names.includes(ENVIRONMENT_CLOUD)) throw duplicateName(files, environment)
    return { name: ENVIRONMENT_CLOUD, from: 'environment' }
  }
  const [only, ...others] = names
  if (only !== undefined && others.length === 0) return { name: only, from: 'files' }
  if (DEFINING_SETTINGS.some((path) => options.has(path))) return { name: OPTIONS_CLOUD, from: 'options' }
  if (only === undefined) throw noCloud(files, environment, optionName)
  const chosen = await choose?.(names)
  if (chosen !== undefined) return { name: chosen, from: 'files' }
  throw new ConfigurationError(
    `No cloud selected. ${filesOf(files)} contains ${names.length} clouds: ${names.join(', ')}.`,
    {
      hint: `Choose one with ${[optionName?.('cloud'), CLOUD_NAME.variable].filter(Boolean).join(' or ')}.`,
    },
  )
}

function namedCloud(
  name: string,
  names: readonly string[],
  fromEnvironment: boolean,
  files: CloudFiles,
  environment: Environment,
  optionName: OptionName | undefined,
): Choice {
  const isEnvironment = name === ENVIRONMENT_CLOUD && fromEnvironment
  if (isEnvironment && names.includes(name)) throw duplicateName(files, environment)
  if (isEnvironment) return { name, from: 'environment' }
  if (names.includes(name)) return { name, from: 'files' }
  if (names.length === 0) throw noCloud(files, environment, optionName, name)
  const hint = [didYouMean(name, names), `Available clouds: ${names.join(', ')}.`].filter(Boolean).join(' ')
  throw new ConfigurationError(`${filesOf(files)} has no cloud "${name}".`, { hint })
}

function duplicateName(files: CloudFiles, environment: Environment): ConfigurationError {
  return new ConfigurationError(
    `${filesOf(files)} has a cloud "${ENVIRONMENT_CLOUD}", and ${setVariables(environment).join(', ')} define another one with this name.`,
    { hint: 'Unset the variables, or rename the cloud in the file.' },
  )
}

function noCloud(
  files: CloudFiles,
  environment: Environment,
  optionName: OptionName | undefined,
  name?: string,
): ConfigurationError {
  const problem = name === undefined ? 'No cloud is configured' : `Unknown cloud "${name}"`
  const found = [files.clouds?.file, files.secure?.file].filter((file) => file !== undefined)
  if (found.length > 0) {
    return new ConfigurationError(`${problem}: no clouds in ${found.join(' and ')}.`, {
      hint: 'Add the cloud under "clouds:". For an example, see .clouds.example.yaml in the package.',
    })
  }
  const message = `${problem}, and ${notFoundIn(environment)}`
  if (files.inaccessible.size > 0) {
    const hint = `${describeInaccessible(files.inaccessible)} Give yourself access with chmod u+x.`
    return new ConfigurationError(message, { hint })
  }
  return new ConfigurationError(message, {
    hint: `Create clouds.yaml in one of these directories, set ${optionName?.('config_file') ?? CONFIG_FILE.variable} to another path, or set OS_AUTH_URL and the other OS_* variables.`,
    ...(name === undefined && { remedy: { kind: 'configure' } }),
  })
}

function filesOf(files: CloudFiles): string {
  return [files.clouds?.file, files.secure?.file].filter((file) => file !== undefined).join(' with ')
}
