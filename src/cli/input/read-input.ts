import { resolve } from 'node:path'
import { GlanceTasksError, InputError } from '../../errors.js'
import { fileFault } from '../../file-fault.js'
import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import type { Context } from '../context.js'
import { INLINE, STDIN } from './input-fault.js'
import { openFile } from './open-file.js'
import { readAll, readStdin } from './read-all.js'

/**
 * Reads the value of `--input`: `-` is standard input, text that starts with a brace is JSON, anything else is a file that
 * contains JSON or YAML.
 *
 * @throws InputError with file, line and column.
 */
export async function readInput(context: Context, input: string): Promise<JsonObject> {
  const { name, text } = await textOf(context, input)
  const value = await parseDocument(name, text)
  if (isJsonObject(value)) return value
  throw new InputError(`${name} contains ${jsonKind(value)}, not an object.`, {
    hint: 'A task\'s input is an object such as {"import_from": "https://...", "import_from_format": "qcow2", "image_properties": {"container_format": "bare"}}.',
  })
}

async function textOf(context: Context, input: string): Promise<{ name: string; text: string }> {
  if (input === '') throw new InputError('--input is empty.', { hint: INPUT_HINT })
  if (input === '-') return { name: STDIN, text: await readStdin(context) }
  if (/^\s*[{[]/.test(input)) return { name: INLINE, text: input }
  return { name: input, text: await readTextFile(context, input, INPUT_HINT) }
}

const INPUT_HINT = 'Use a file, - for standard input, or inline JSON.'

/**
 * Reads a file as a stream: it may be a pipe or a device without an end.
 *
 * @param hint what to do if the file cannot be read.
 * @throws InputError
 */
export async function readTextFile(context: Context, name: string, hint: string): Promise<string> {
  try {
    return await readAll(await openFile(resolve(context.cwd, name), context.platform), name, context.signal)
  } catch (error) {
    if (error instanceof GlanceTasksError) throw error
    throw new InputError(`${name} cannot be read: ${fileFault(error)}.`, { cause: error, hint })
  }
}

/**
 * Parses a text that is JSON or YAML.
 *
 * @throws InputError with line and column.
 */
export async function parseDocument(name: string, text: string): Promise<JsonValue> {
  // Text that looks like JSON gets the JSON parser, whose errors are about JSON. Each parser is loaded on demand.
  if (/^\s*[{[]/.test(text) && !/\.ya?ml$/i.test(name)) {
    const { parseJsonInput } = await import('./parse-json-input.js')
    return parseJsonInput(name, text)
  }
  const { parseYamlInput } = await import('./parse-yaml-input.js')
  return parseYamlInput(name, text)
}

/** What a value is, for messages. */
export function jsonKind(value: JsonValue): string {
  if (value === null) return 'null'
  if (value instanceof ExactNumber) return 'a number'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
