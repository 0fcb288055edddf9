import { ConfigurationError, formatPlace } from '../../errors.js'
import type { Environment } from '../environment.js'
import { type Layer, layerOf, pathOf } from '../layers/layer.js'
import type { OptionName } from '../layers/options.js'
import { isSection, kindOf, type Section, type Value } from '../value.js'
import { findFile, namedCloudsFile, namedSecureFile } from './find-file.js'
import { placeOf } from './position.js'
import type { ConfigFile } from './read-file.js'

/** The contents of clouds.yaml and secure.yaml. */
export interface CloudFiles {
  clouds: ConfigFile | undefined
  secure: ConfigFile | undefined
  /** The files that an option or a variable names. The other files were found by searching. */
  named: string[]
  /** Folders without search permission. The search may have missed a clouds.yaml in them. */
  inaccessible: ReadonlySet<string>
  /** clouds-public.yaml, which is read only if a cloud names a profile. */
  profiles(): Promise<ConfigFile | undefined>
  warnings: string[]
}

/** No file is read. */
export const NO_FILES: CloudFiles = {
  clouds: undefined,
  secure: undefined,
  named: [],
  inaccessible: new Set(),
  profiles: async () => undefined,
  warnings: [],
}

/** Which clouds file to read. */
export interface FileSelection {
  /** The clouds.yaml to read. Default: the first one that the search finds. */
  configFile?: string | undefined
  /** The name of the option for a setting, for error messages. */
  optionName?: OptionName | undefined
}

/** Finds and reads both files. */
export async function readCloudFiles(selection: FileSelection, environment: Environment): Promise<CloudFiles> {
  const [namedClouds, namedSecure] = [namedCloudsFile(selection, environment), namedSecureFile(environment)]
  const inaccessible = new Set<string>()
  const secureFile = findFile('secure', namedSecure, environment)
  // If both are unusable, the error is about clouds.yaml, whichever failed first.
  secureFile.catch(() => {})
  const clouds = await findFile('clouds', namedClouds, environment, (folder) => inaccessible.add(folder))
  const secure = await secureFile
  let profiles: Promise<ConfigFile | undefined> | undefined
  return {
    clouds,
    secure,
    named: [namedClouds && clouds?.file, namedSecure && secure?.file].filter((file) => file !== undefined),
    inaccessible,
    warnings: [
      ...(clouds ? inaccessibleWarning(inaccessible, clouds.file) : []),
      ...[clouds, secure].flatMap(repeatedKeyWarning),
    ],
    profiles() {
      profiles ??= findFile('clouds-public', undefined, environment)
      return profiles
    },
  }
}

function inaccessibleWarning(folders: ReadonlySet<string>, used: string): string[] {
  return folders.size === 0 ? [] : [`${describeInaccessible(folders)} Using ${used}.`]
}

/** Lists the folders that the search could not read. */
export function describeInaccessible(folders: ReadonlySet<string>): string {
  return `Cannot search ${[...folders].join(' and ')} for a clouds.yaml: permission denied.`
}

function repeatedKeyWarning(file: ConfigFile | undefined): string[] {
  if (!file?.repeatedKey) return []
  const place = formatPlace({ file: file.file, ...file.repeatedKey })
  return [`${place}: duplicate key. The last one is used.`]
}

/** The names of the clouds in both files, in the order of the files, each with its file. */
export async function cloudsIn(files: CloudFiles): Promise<Map<string, string>> {
  const clouds = new Map<string, string>()
  for (const file of [files.clouds, files.secure]) {
    if (!file) continue
    for (const name of (await sectionOf(file, ['clouds'])).keys()) {
      if (!clouds.has(name)) clouds.set(name, file.file)
    }
  }
  return clouds
}

/** The settings of one cloud. Those of secure.yaml override those of clouds.yaml, key by key. */
export async function cloudLayer(files: CloudFiles, name: string): Promise<Layer> {
  const layers = await Promise.all([files.clouds, files.secure].map((file) => fileLayer(file, ['clouds', name])))
  return new Map(layers.flatMap((layer) => [...layer]))
}

/** The settings of clouds.yaml that apply to all clouds: whether to cache tokens on disk (`cache: {auth: …}`). */
export function sharedLayer({ clouds }: CloudFiles): Layer {
  const cache = isSection(clouds?.content) ? clouds.content.get('cache') : undefined
  const auth = isSection(cache) ? cache.get('auth') : undefined
  if (!clouds || typeof auth !== 'string') return new Map()
  const keys = ['cache', 'auth']
  return new Map([[pathOf(keys), { keys, value: auth, source: { kind: 'file', file: clouds.file, keys } }]])
}

/** The settings under a path of keys in a file. Empty if the file or the path does not exist. */
export async function fileLayer(file: ConfigFile | undefined, keys: readonly string[]): Promise<Layer> {
  if (!file) return new Map()
  const section = await sectionOf(file, keys)
  await sectionOf(file, [...keys, 'auth']) // reports an `auth` that is not a mapping, instead of ignoring it
  return layerOf(section, (below) => ({
    kind: 'file',
    file: file.file,
    keys: [...keys, ...below],
    version: file.version,
    target: file.target,
  }))
}

/**
 * The mapping under a path of keys in a file. Empty if the path does not exist.
 *
 * @throws ConfigurationError if the value is not a mapping.
 */
export async function sectionOf(file: ConfigFile | undefined, keys: readonly string[]): Promise<Section> {
  let value: Value = file?.content ?? null
  for (let depth = 0; ; depth++) {
    if (value === null) return new Map()
    if (!isSection(value)) throw await notASection(file as ConfigFile, keys.slice(0, depth), value)
    const key = keys[depth]
    if (key === undefined) return value
    value = value.get(key) ?? null
  }
}

async function notASection({ file }: ConfigFile, keys: readonly string[], value: Value): Promise<ConfigurationError> {
  const place = await placeOf({ kind: 'file', file, keys })
  const name = keys.length === 0 ? 'the file' : `"${keys.join('.')}"`
  return new ConfigurationError(`${name} must be a mapping of names to settings, not ${kindOf(value)}.`, {
    place,
    hint: 'For an example, see .clouds.example.yaml in the package.',
  })
}
