import { ConfigurationError, formatPlace } from '../../errors.js'
import type { Environment } from '../environment.js'
import { type Layer, layerOf, pathOf } from '../layers/layer.js'
import type { OptionName } from '../layers/options.js'
import { isSection, kindOf, type Section, type Value } from '../value.js'
import { findFile, namedCloudsFile, namedSecureFile } from './find-file.js'
import { placeOf } from './position.js'
import type { ConfigFile } from './read-file.js'

/** What clouds.yaml and secure.yaml say, not yet about one cloud. */
export interface CloudFiles {
  clouds: ConfigFile | undefined
  secure: ConfigFile | undefined
  /** The files that an option or a variable names, and that were not searched for. */
  named: string[]
  /** The folders that may not be entered: a clouds.yaml in one of them is not seen. */
  closed: ReadonlySet<string>
  /** clouds-public.yaml, read when a cloud names a profile. */
  profiles(): Promise<ConfigFile | undefined>
  /** What is odd about them, yet usable. */
  warnings: string[]
}

/** What may name the clouds file. */
export interface FileSelection {
  /** The clouds.yaml to read, instead of the first that is found. */
  configFile?: string | undefined
  /** What its giver calls it. */
  optionName?: OptionName | undefined
}

/** Finds and reads both files. */
export async function readCloudFiles(selection: FileSelection, environment: Environment): Promise<CloudFiles> {
  const [namedClouds, namedSecure] = [namedCloudsFile(selection, environment), namedSecureFile(environment)]
  const closed = new Set<string>()
  const [clouds, secure] = await Promise.all([
    findFile('clouds', namedClouds, environment, (folder) => closed.add(folder)),
    findFile('secure', namedSecure, environment),
  ])
  let profiles: Promise<ConfigFile | undefined> | undefined
  return {
    clouds,
    secure,
    named: [namedClouds && clouds?.file, namedSecure && secure?.file].filter((file) => file !== undefined),
    closed,
    warnings: [...(clouds ? closedWarning(closed, clouds.file) : []), ...[clouds, secure].flatMap(repeatedKeyWarning)],
    profiles() {
      profiles ??= findFile('clouds-public', undefined, environment)
      return profiles
    },
  }
}

function closedWarning(closed: ReadonlySet<string>, used: string): string[] {
  return closed.size === 0 ? [] : [`${describeClosed(closed)} ${used} is used.`]
}

/** What a person should know about folders that the search passed over. */
export function describeClosed(closed: ReadonlySet<string>): string {
  return `You may not enter ${[...closed].join(' and ')} (EACCES): a clouds.yaml there is not seen.`
}

function repeatedKeyWarning(file: ConfigFile | undefined): string[] {
  if (!file?.repeatedKey) return []
  const place = formatPlace({ file: file.file, ...file.repeatedKey })
  return [`${place}: this key stands here for the second time; the last one counts.`]
}

/** The clouds of both files by their names, each with the file that it stands in, in the order of the files. */
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

/** One cloud's settings: secure.yaml laid deep over clouds.yaml. */
export async function cloudLayer(files: CloudFiles, name: string): Promise<Layer> {
  const layers = await Promise.all([files.clouds, files.secure].map((file) => fileLayer(file, ['clouds', name])))
  return new Map(layers.flatMap((layer) => [...layer]))
}

/** What clouds.yaml says beside its clouds, about all of them: whether tokens may be kept (`cache: {auth: …}`). */
export function sharedLayer({ clouds }: CloudFiles): Layer {
  const cache = isSection(clouds?.content) ? clouds.content.get('cache') : undefined
  const auth = isSection(cache) ? cache.get('auth') : undefined
  if (!clouds || typeof auth !== 'string') return new Map()
  const keys = ['cache', 'auth']
  return new Map([[pathOf(keys), { keys, value: auth, source: { kind: 'file', file: clouds.file, keys } }]])
}

/** The settings under a path of keys in a file; none where the file, or the path in it, does not exist. */
export async function fileLayer(file: ConfigFile | undefined, keys: readonly string[]): Promise<Layer> {
  if (!file) return new Map()
  const section = await sectionOf(file, keys)
  await sectionOf(file, [...keys, 'auth']) // all that is inside would else be missed without a word
  return layerOf(section, (below) => ({ kind: 'file', file: file.file, keys: [...keys, ...below] }))
}

/**
 * The mapping under a path of keys in a file; an empty one where there is none.
 *
 * @throws ConfigurationError when something else than a mapping stands there.
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
  return new ConfigurationError(`${name} must be a mapping of names to settings, and is ${kindOf(value)}.`, {
    place,
    hint: 'See docs/configuration.md for what a clouds.yaml looks like.',
  })
}
