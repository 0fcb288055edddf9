import { dirname, resolve } from 'node:path'
import { InputError, type Place, UsageError } from '../../errors.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import { didYouMean } from '../../nearest.js'
import type { Context } from '../context.js'
import { existingImage, type ImportPlan, type ImportSpec, type Origin, planImport } from '../import/plan.js'
import { fileKeyOf } from '../import/spec-words.js'
import { IMAGE_KEYS, specKeyOf } from './image-keys.js'
import { STDIN } from './input-fault.js'
import { readStdin } from './read-all.js'
import { jsonKind, parseDocument, readTextFile } from './read-input.js'

/** An image that a file lists. */
export interface ListedImage {
  /** Its name; for an existing image without one, its ID. */
  name: string
  plan: ImportPlan
  /** Where the file lists it. */
  place: Place
}

/**
 * Reads the file of `--from`: a list of images in YAML or JSON. Relative sources are relative to the file.
 *
 * @param defaults options of the command line, for images without the same key.
 * @throws InputError with line and column.
 */
export async function readImagesFile(
  context: Context,
  file: string,
  defaults: ImportSpec = {},
): Promise<ListedImage[]> {
  const { name, text, directory } = await textOf(context, file)
  const document = await parseDocument(name, text)
  // The positions cost a second parser, which is loaded only for them.
  const { positionFinder } = await import('../../config/file/finder.js')
  const find = positionFinder(text)
  const place = (...path: (string | number)[]): Place => ({ file: name, ...find(path.map(String)) })
  const origin: Origin = { word: fileKeyOf, directory, isFollowed: true }
  const images = listIn(document, place).map((entry, index): ListedImage => {
    const spec = specOf(entry, (key) => place(index, ...key))
    const merged = { ...applicable(defaults, spec), ...spec }
    return { name: nameOf(merged, place(index)), plan: planAt(merged, origin, place(index)), place: place(index) }
  })
  checkNames(images)
  return images
}

const FILE_HINT = 'Specify a YAML or JSON file that lists images, or - for standard input.'

async function textOf(context: Context, file: string): Promise<{ name: string; text: string; directory: string }> {
  if (file === '') throw new InputError('--from is empty.', { hint: FILE_HINT })
  if (file !== '-') {
    const directory = dirname(resolve(context.cwd, file))
    return { name: file, text: await readTextFile(context, file, FILE_HINT), directory }
  }
  return { name: STDIN, text: await readStdin(context), directory: context.cwd }
}

type At = (...path: (string | number)[]) => Place

function listIn(document: JsonValue, place: At): JsonObject[] {
  if (!Array.isArray(document)) {
    throw new InputError(`this is ${jsonKind(document)}, not a list of images.`, {
      place: place(),
      hint: 'Begin each image with a dash: "- source: https://...".',
    })
  }
  if (document.length === 0) throw new InputError('the list contains no images.', { place: place(), hint: FILE_HINT })
  return document.map((entry, index) => {
    if (isJsonObject(entry)) return entry
    throw new InputError(`image ${index + 1} is ${jsonKind(entry)}, not an object.`, {
      place: place(index),
      hint: 'Write its keys: "- source: https://...", and below it "name: ...".',
    })
  })
}

function specOf(entry: JsonObject, place: (path: (string | number)[]) => Place): ImportSpec {
  const spec: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(entry)) {
    const known = Object.hasOwn(IMAGE_KEYS, key) ? IMAGE_KEYS[key as keyof typeof IMAGE_KEYS] : undefined
    if (known === undefined)
      throw new InputError(`unknown key ${JSON.stringify(key)}.`, { place: place([key]), hint: unknownHint(key) })
    spec[specKeyOf(key)] = located(place([key]), () => known(value, key))
  }
  return spec
}

function unknownHint(key: string): string {
  const names = Object.keys(IMAGE_KEYS)
  // The options of the command line have dashes and the library's are in camel case; the keys are neither.
  const snake = key
    .replace(/^-+/, '')
    .replaceAll('-', '_')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return didYouMean(snake, names) ?? `The keys are: ${names.join(', ')}.`
}

/** The options of the command line that make sense for an image. */
function applicable(defaults: ImportSpec, entry: ImportSpec): ImportSpec {
  const { store, allStores, allowPartial, fallback, keepFailed, stallTimeout, retryImport, ...record } = defaults
  const namesStores = entry.store !== undefined || entry.allStores !== undefined
  const stores = namesStores ? entry : { ...(store && { store }), ...(allStores && { allStores }) }
  const isUrl = /^https?:/i.test(entry.source ?? '')
  const isNew = existingImage(entry) === undefined
  return {
    ...(isNew && record),
    ...(isNew && keepFailed !== undefined && { keepFailed }),
    ...(!namesStores && stores),
    ...(allowPartial && (stores.allStores || new Set(stores.store).size > 1) && { allowPartial }),
    ...(isUrl && fallback && { fallback }),
    ...(stallTimeout !== undefined && { stallTimeout }),
    ...(retryImport !== undefined && { retryImport }),
  }
}

function planAt(spec: ImportSpec, origin: Origin, place: Place): ImportPlan {
  const plan = located(place, () => planImport(spec, origin))
  if (plan.source?.kind !== 'stdin') return plan
  throw new InputError('source: standard input cannot be used in a file.', { place, hint: 'Specify a file or a URL.' })
}

/** Adds the place in the file to a usage error. */
function located<T>(place: Place, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new InputError(error.message, { place, hint: error.hint ?? 'Correct the value at this position.' })
  }
}

function nameOf(spec: ImportSpec, place: Place): string {
  const name = spec.name ?? existingImage(spec)
  if (name !== undefined && name.trim() !== '') return name
  throw new InputError('name is missing.', {
    place,
    hint: 'Each image needs a name, so that the next run can find the image.',
  })
}

function checkNames(images: readonly ListedImage[]): void {
  const seen = new Map<string, Place>()
  for (const { name, place } of images) {
    const first = seen.get(name)
    if (first !== undefined) {
      throw new InputError(`${JSON.stringify(name)} is listed twice; the first is on line ${first.line}.`, {
        place,
        hint: 'Use a unique name for each image.',
      })
    }
    seen.set(name, place)
  }
}
