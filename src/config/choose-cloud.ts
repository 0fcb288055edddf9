import { ConfigurationError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { type Environment, variable } from './environment.js'
import { type CloudFiles, cloudsIn, describeClosed } from './file/clouds-file.js'
import { searchPaths } from './file/search-paths.js'
import type { Layer } from './layers/layer.js'
import type { OptionName } from './layers/options.js'
import { hasCloudVariables, setVariables } from './layers/variables.js'
import { CLOUD_NAME, CONFIG_FILE } from './setting-table.js'

/** The cloud that is made of OS_* variables. */
export const ENVIRONMENT_CLOUD = 'envvars'
/** The cloud that is made of options alone. */
const OPTIONS_CLOUD = 'options'

// What makes a cloud: a Keystone to ask, or an endpoint that needs none.
const ENOUGH = ['auth.auth_url', 'auth.endpoint', 'image_endpoint_override']

/** What was chosen: a cloud of the files, or one made of variables or options. */
export interface Choice {
  name: string
  from: 'files' | 'environment' | 'options'
}

/** What may choose a cloud besides its name. */
export interface ChoiceAids {
  /** The name from the command line or the library's caller. */
  cloud?: string | undefined
  /** The settings that are given by options. */
  options: Layer
  /** What the giver of the options calls a setting. */
  optionName?: OptionName | undefined
  /** Asks a person at a terminal. */
  choose?: ((names: readonly string[]) => Promise<string | undefined>) | undefined
}

/**
 * Which cloud is meant: the one that is named by an option, else by OS_CLOUD, else the cloud made of OS_* variables,
 * else the only one there is.
 *
 * @throws ConfigurationError that lists the clouds, or the places that were searched.
 */
export async function chooseCloud(aids: ChoiceAids, files: CloudFiles, environment: Environment): Promise<Choice> {
  const names = [...(await cloudsIn(files)).keys()]
  const { optionName } = aids
  const named = aids.cloud || variable(environment, CLOUD_NAME.variable)
  const fromEnvironment = hasCloudVariables(environment)
  if (named !== undefined) return namedCloud(named, names, fromEnvironment, files, environment, optionName)
  if (fromEnvironment) {
    if (names.includes(ENVIRONMENT_CLOUD)) throw twoOfOneName(files, environment)
    return { name: ENVIRONMENT_CLOUD, from: 'environment' }
  }
  const [only, ...others] = names
  if (only !== undefined && others.length === 0) return { name: only, from: 'files' }
  if (ENOUGH.some((path) => aids.options.has(path))) return { name: OPTIONS_CLOUD, from: 'options' }
  if (only === undefined) throw noCloud(files, environment, optionName)
  const chosen = await aids.choose?.(names)
  if (chosen !== undefined) return { name: chosen, from: 'files' }
  throw new ConfigurationError(`Which cloud? ${filesOf(files)} has ${names.length}: ${names.join(', ')}.`, {
    hint: `Name one with ${[optionName?.('cloud'), CLOUD_NAME.variable].filter(Boolean).join(' or ')}.`,
  })
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
  if (isEnvironment && names.includes(name)) throw twoOfOneName(files, environment)
  if (isEnvironment) return { name, from: 'environment' }
  if (names.includes(name)) return { name, from: 'files' }
  if (names.length === 0) throw noCloud(files, environment, optionName, name)
  const hint = [didYouMean(name, names), `It has: ${names.join(', ')}.`].filter(Boolean).join(' ')
  throw new ConfigurationError(`${filesOf(files)} has no cloud "${name}".`, { hint })
}

function twoOfOneName(files: CloudFiles, environment: Environment): ConfigurationError {
  return new ConfigurationError(
    `${filesOf(files)} has a cloud "${ENVIRONMENT_CLOUD}", and ${setVariables(environment).join(', ')} make another of that name.`,
    { hint: 'Unset the variables, or rename the cloud in the file.' },
  )
}

function noCloud(
  files: CloudFiles,
  environment: Environment,
  optionName: OptionName | undefined,
  name?: string,
): ConfigurationError {
  const wanted = name === undefined ? 'No cloud is configured' : `There is no cloud "${name}"`
  const found = [files.clouds?.file, files.secure?.file].filter((file) => file !== undefined)
  if (found.length > 0) {
    return new ConfigurationError(`${wanted}: ${found.join(' and ')} has no clouds.`, {
      hint: 'Write the cloud under "clouds:", as .clouds.example.yaml shows it.',
    })
  }
  const places = searchPaths('clouds', environment)
  return new ConfigurationError(`${wanted}, and there is no clouds.yaml. Searched:\n  ${places.join('\n  ')}`, {
    hint:
      files.closed.size > 0
        ? `${describeClosed(files.closed)} Give yourself the permission (chmod u+x).`
        : `Put a clouds.yaml at one of these places, name one with ${optionName?.('config_file') ?? CONFIG_FILE.variable}, or set OS_AUTH_URL and the other OS_* variables.`,
  })
}

function filesOf(files: CloudFiles): string {
  return [files.clouds?.file, files.secure?.file].filter((file) => file !== undefined).join(' with ')
}
