import { InputError, UsageError } from '../../errors.js'
import { isJsonObject, type JsonObject } from '../../http/json.js'
import { pastable } from '../../shell-words.js'
import { TASK_TYPES } from '../../tasks/task.js'
import type { Context } from '../context.js'
import { readInput } from './read-input.js'

/** The options that define the input of a task: a document, import flags, or both. Flags override the document. */
export interface InputFlags {
  input?: string
  importFrom?: string
  importFromFormat?: string
  diskFormat?: string
  containerFormat?: string
  name?: string
  property?: string[]
}

/** Whether a flag is used that is specific to imports. */
export function usesImportFlags(flags: InputFlags): boolean {
  const { importFrom, importFromFormat, diskFormat, containerFormat, name, property } = flags
  return [importFrom, importFromFormat, diskFormat, containerFormat, name, property].some((flag) => flag !== undefined)
}

/** The input of a task, as far as it is known before anything is read. */
export interface InputPlan {
  type: string
  /** The value of --input: a file, - for standard input, or JSON. */
  document: string | undefined
  /** What the import flags set, which overrides the document; undefined without an import flag. */
  overrides: { input: JsonObject; imageProperties: JsonObject } | undefined
}

/** Where the input of a task comes from. @throws UsageError */
export function inputPlan(type: string, flags: InputFlags): InputPlan {
  if (flags.input === undefined && !usesImportFlags(flags)) {
    throw new UsageError('create requires --input.', {
      hint: 'Use a file, - for standard input, or inline JSON. To import an image, you can use --import-from and the other image options instead.',
    })
  }
  if (type !== 'import' && usesImportFlags(flags)) {
    throw new UsageError(`--import-from and the other image options require --type import, not ${type}.`, {
      hint: 'Use --input instead.',
    })
  }
  return { type, document: flags.input, overrides: usesImportFlags(flags) ? overridesOf(flags) : undefined }
}

function overridesOf(flags: InputFlags): InputPlan['overrides'] {
  const { importFrom, importFromFormat, diskFormat, containerFormat } = flags
  checkNotEmpty({
    '--import-from': importFrom,
    '--import-from-format': importFromFormat,
    '--disk-format': diskFormat,
    '--container-format': containerFormat,
  })
  return {
    input: definedOf({ import_from: importFrom, import_from_format: importFromFormat }),
    imageProperties: propertiesOf(flags),
  }
}

/** Rejects empty values, with which the task would start and then fail. */
function checkNotEmpty(values: Record<string, string | undefined>): void {
  const empty = Object.keys(values).find((option) => values[option]?.trim() === '')
  if (empty !== undefined) throw new UsageError(`${empty} must not be empty.`)
}

function propertiesOf({ diskFormat, containerFormat, name, property = [] }: InputFlags): JsonObject {
  const own = definedOf({ disk_format: diskFormat, container_format: containerFormat, name })
  const properties = new Map(Object.entries(own))
  for (const [key, value] of property.map(parseProperty)) {
    if (properties.has(key)) {
      throw new UsageError(`The image property ${JSON.stringify(key)} was given twice.`, {
        hint: 'Specify each property once.',
      })
    }
    properties.set(key, value)
  }
  return Object.fromEntries(properties)
}

/**
 * Reads and validates the input of a task before any request. Includes checks that Glance does not make, where the task
 * would fail later.
 *
 * @throws InputError
 */
export async function readInputOf(context: Context, { type, document, overrides }: InputPlan): Promise<JsonObject> {
  const given = document === undefined ? {} : await readInput(context, document)
  const input = overrides ? withOverrides(given, overrides) : given
  check(type, input)
  return input
}

function withOverrides(document: JsonObject, overrides: NonNullable<InputPlan['overrides']>): JsonObject {
  const { image_properties: given = {} } = document
  if (!isJsonObject(given)) throw missing('image_properties must be an object')
  return { ...document, ...overrides.input, image_properties: { ...given, ...overrides.imageProperties } }
}

function definedOf(object: Record<string, string | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function parseProperty(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new UsageError(`--property: ${JSON.stringify(text)} is not KEY=VALUE.`, {
    hint: 'For example: --property os_distro=debian',
  })
}

function check(type: string, input: JsonObject): void {
  if (isWholeTask(input)) {
    throw new InputError('The input is a complete task with the keys type and input.', {
      hint: `Use only its input: jq .input FILE | glance-tasks create --type ${pastable(type, 'TYPE')} --input -`,
    })
  }
  if (type === 'import') checkImport(input)
  if (type === 'api_image_import' && !isText(input.image_id))
    throw missing('image_id is missing (the image to import into)')
}

/** Whether an input looks like the body of a create request, or like the output of `get`. */
function isWholeTask({ type, input }: JsonObject): boolean {
  return isJsonObject(input) && TASK_TYPES.some((each) => each === type)
}

// Glance checks only import_from. Without the other keys, the task starts and then fails.
function checkImport(input: JsonObject): void {
  const { import_from, import_from_format, image_properties } = input
  if (!isText(import_from)) throw missing('import_from is missing (the URL of the image)')
  if (!/^https?:\/\/[^/]/.test(import_from)) {
    throw missing(`import_from must be an http:// or https:// URL, not ${JSON.stringify(import_from)}`)
  }
  if (!isText(import_from_format))
    throw missing('import_from_format is missing (the format of the image file, such as qcow2)')
  if (!isJsonObject(image_properties)) {
    throw missing(
      'image_properties is missing (an object, such as {"name": ..., "disk_format": "qcow2", "container_format": "bare"})',
    )
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function missing(what: string): InputError {
  return new InputError(`The task cannot be started with this input: ${what}.`, {
    hint: 'For a complete input, see examples/import.json in the package. To import an image, you can also use: glance-tasks import',
  })
}
