import { buildSettings, DEFAULTS } from './build-settings.js'
import { type Choice, chooseCloud } from './choose-cloud.js'
import type { Environment } from './environment.js'
import { exposuresIn } from './exposures.js'
import { type CloudFiles, cloudLayer, readCloudFiles, sharedLayer } from './file/clouds-file.js'
import { fillIn } from './layers/fill-in.js'
import type { Layer } from './layers/layer.js'
import { mergeLayers } from './layers/merge.js'
import { type OptionName, optionLayer } from './layers/options.js'
import { loadProfile } from './layers/profile.js'
import { pickRegion, regionLayer, regionsOf } from './layers/regions.js'
import { environmentCloud, environmentOverrides, ignoredVariables } from './layers/variables.js'
import type { CloudSettings } from './settings.js'
import { unknownAuthKeys } from './unused-settings.js'

/** Which cloud, and what the command line or the library's caller says about it. */
export interface CloudSelection {
  /** Its name in clouds.yaml. */
  cloud?: string | undefined
  /** Settings by their path after normalisation (`auth.username`, `region_name`); they win over all others. */
  options?: Record<string, string | boolean>
  /** What the giver of `options` calls a setting. Default: its path. */
  optionName?: OptionName | undefined
  /** The clouds.yaml to read, instead of the first that is found. */
  configFile?: string | undefined
  /** At a terminal: asks which of several clouds is meant. Without it several clouds are an error that lists them. */
  choose?: ((names: readonly string[]) => Promise<string | undefined>) | undefined
}

/** The settings of one cloud, and what a person should know about how they came to be. */
export interface Resolution {
  settings: CloudSettings
  warnings: string[]
}

/**
 * Works out the settings of a cloud: defaults, profile, clouds.yaml with secure.yaml, the region's values, the
 * environment and the options, each over the ones before.
 *
 * @throws ConfigurationError for every setting that cannot be meant, with its place.
 */
export async function resolveCloud(selection: CloudSelection, environment: Environment): Promise<Resolution> {
  const files = await readCloudFiles(selection, environment)
  return resolveIn(files, selection, environment)
}

/** As resolveCloud, in files that have been read. */
export async function resolveIn(
  files: CloudFiles,
  selection: CloudSelection,
  environment: Environment,
): Promise<Resolution> {
  return settle(await layersOf(files, selection, environment), environment)
}

/**
 * The settings of a cloud for each of its regions: those that the files list, else those that `regionsInCatalog` knows.
 * Where nobody knows any, the settings of the cloud as they are.
 */
export async function resolveRegions(
  selection: CloudSelection,
  environment: Environment,
  regionsInCatalog: (settings: CloudSettings) => Promise<readonly string[]> = async () => [],
): Promise<Resolution[]> {
  const files = await readCloudFiles(selection, environment)
  const layers = await layersOf(files, selection, environment)
  const { list } = await regionsOf(layers.cloud, layers.profile)
  const isListed = layers.cloud.has('regions') || layers.profile.has('regions')
  const single = isListed ? undefined : await settle(layers, environment)
  const source = { kind: 'default', why: 'by the catalog' } as const
  const regions = single ? (await regionsInCatalog(single.settings)).map((name) => ({ name, source })) : list
  if (single && regions.length === 0) return [single]
  return Promise.all(
    regions.map(({ name, source }) => {
      const options = new Map(layers.options).set('region_name', { keys: ['region_name'], value: name, source })
      return settle({ ...layers, options }, environment)
    }),
  )
}

/** What each origin says of the cloud that is meant. */
interface Layers {
  choice: Choice
  shared: Layer
  profile: Layer
  cloud: Layer
  options: Layer
  named: readonly string[]
  warnings: string[]
}

async function layersOf(files: CloudFiles, selection: CloudSelection, environment: Environment): Promise<Layers> {
  const options = optionLayer(selection.options ?? {}, selection.optionName)
  const choice = await chooseCloud({ ...selection, options }, files, environment)
  const cloud = await ownLayer(choice, files, environment)
  const { layer: profile, warnings } = await loadProfile(cloud, choice.name, files)
  const { named } = files
  return {
    choice,
    shared: sharedLayer(files),
    profile,
    cloud,
    options,
    named,
    warnings: [...files.warnings, ...warnings],
  }
}

async function ownLayer(choice: Choice, files: CloudFiles, environment: Environment): Promise<Layer> {
  if (choice.from === 'files') return cloudLayer(files, choice.name)
  return choice.from === 'environment' ? environmentCloud(environment) : new Map()
}

async function settle(layers: Layers, environment: Environment): Promise<Resolution> {
  const { choice, shared, profile, cloud, options } = layers
  const named = choice.from === 'files'
  const over = named ? environmentOverrides(mergeLayers([profile, cloud, options]), environment) : new Map()
  const asked = [options, over]
    .map((layer) => layer.get('region_name')?.value)
    .find((value) => typeof value === 'string')
  const region = pickRegion(await regionsOf(cloud, profile), asked)
  const merged = mergeLayers([DEFAULTS, shared, profile, cloud, regionLayer(region), over, options])
  for (const path of ['regions', 'profile', 'cloud']) merged.delete(path)
  fillIn(merged)
  const ignored = named ? ignoredVariables(merged, environment) : []
  return {
    settings: await buildSettings(choice.name, merged, exposuresIn(merged, environment.cwd, layers.named)),
    warnings: [
      ...layers.warnings,
      ...(await unknownAuthKeys(choice.name, merged)),
      ...ignoredWarning(choice.name, ignored),
    ],
  }
}

function ignoredWarning(cloud: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const are = names.length === 1 ? 'is' : 'are'
  return [`${names.join(', ')} ${are} ignored: the cloud "${cloud}" was chosen by its name and says otherwise.`]
}
