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
import { environmentCloud, environmentSecrets, environmentSelectors, ignoredVariables } from './layers/variables.js'
import type { CloudSettings } from './settings.js'
import { unknownAuthKeys } from './unused-settings.js'

/** Which cloud to use, and settings from the command line or from the caller of the library. */
export interface CloudSelection {
  /** The name in clouds.yaml. */
  cloud?: string | undefined
  /** Settings by normalised path (`auth.username`, `region_name`). They override all others. */
  options?: Record<string, string | boolean>
  /** The name of the option for a setting, for error messages. Default: the path of the setting. */
  optionName?: OptionName | undefined
  /** The clouds.yaml to read. Default: the first one that the search finds. */
  configFile?: string | undefined
  /** Lets the user choose one of several clouds at a terminal. Without it, several clouds are an error that lists them. */
  choose?: ((names: readonly string[]) => Promise<string | undefined>) | undefined
}

/** The settings of one cloud, and warnings about them. */
export interface Resolution {
  settings: CloudSettings
  warnings: string[]
}

/**
 * Resolves the settings of a cloud. They come from the defaults, the profile, clouds.yaml with secure.yaml, the region's
 * values, the environment, and the options. Each overrides the ones before.
 *
 * @throws ConfigurationError for an invalid setting, with its place.
 */
export async function resolveCloud(selection: CloudSelection, environment: Environment): Promise<Resolution> {
  const files = await readCloudFiles(selection, environment)
  return resolveIn(files, selection, environment)
}

/** Like resolveCloud(), for files that have already been read. */
export async function resolveIn(
  files: CloudFiles,
  selection: CloudSelection,
  environment: Environment,
): Promise<Resolution> {
  return resolveLayers(await layersOf(files, selection, environment), environment)
}

/**
 * Resolves the settings of a cloud for each of its regions: those listed in the files, else those from
 * `regionsInCatalog`. Without any region, resolves the cloud once.
 */
export async function resolveRegions(
  selection: CloudSelection,
  environment: Environment,
  regionsInCatalog: (settings: CloudSettings) => Promise<readonly string[]> = async () => [],
): Promise<Resolution[]> {
  const files = await readCloudFiles(selection, environment)
  const layers = await layersOf(files, selection, environment)
  const { list, isListed } = await regionsOf(layers.cloud, layers.profile)
  const single = isListed ? undefined : await resolveLayers(layers, environment)
  const source = { kind: 'default', why: 'from the catalog' } as const
  const regions = single ? (await regionsInCatalog(single.settings)).map((name) => ({ name, source })) : list
  if (single && regions.length === 0) return [single]
  return Promise.all(
    regions.map(({ name, source }) => {
      const options = new Map(layers.options).set('region_name', { keys: ['region_name'], value: name, source })
      return resolveLayers({ ...layers, options }, environment)
    }),
  )
}

/** The settings of the chosen cloud, by origin. */
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

async function resolveLayers(layers: Layers, environment: Environment): Promise<Resolution> {
  const { choice, shared, profile, cloud, options } = layers
  const isInFiles = choice.from === 'files'
  const selectors: Layer = isInFiles ? environmentSelectors(environment) : new Map()
  const regionName = [options, selectors]
    .map((layer) => layer.get('region_name')?.value)
    .find((value) => typeof value === 'string')
  const region = pickRegion(await regionsOf(cloud, profile), regionName)
  // What is selected for one run also replaces what the cloud sets for the image service alone.
  const selected = (path: string) => selectors.has(path) || options.has(path)
  const ofCloud = mergeLayers([profile, cloud])
  // A region's own values stay: they may name the region that has its image service.
  if (selected('region_name')) ofCloud.delete('image_region_name')
  const own = mergeLayers([ofCloud, regionLayer(region)])
  if (selected('interface')) own.delete('image_interface')
  if (options.has('region_name')) selectors.delete('image_region_name')
  if (options.has('interface')) selectors.delete('image_interface')
  const secrets: Layer = isInFiles ? environmentSecrets(mergeLayers([own, options]), environment) : new Map()
  const base = mergeLayers([DEFAULTS, shared, own])
  const merged = mergeLayers([base, selectors, secrets, options])
  for (const path of ['regions', 'profile', 'cloud']) merged.delete(path)
  fillIn(merged)
  const ignored = isInFiles ? ignoredVariables(merged, environment) : []
  const settings = await buildSettings(choice.name, merged)
  return {
    settings: { ...settings, exposures: exposuresIn(merged, environment, layers.named) },
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
  return [`${names.join(', ')} ${are} ignored, because the cloud "${cloud}" from clouds.yaml has other settings.`]
}
