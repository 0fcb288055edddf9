import { stat } from 'node:fs/promises'
import { ConfigurationError } from '../../errors.js'
import type { Value } from '../value.js'
import { loadFile } from './explorer.js'
import { LONGEST_FILE, type ParsedFile, parseConfig, tooLong } from './yaml.js'

/** One configuration file, read and parsed. */
export interface ConfigFile extends ParsedFile {
  file: string
}

const NOTHING: { content: Value } = { content: null }

/**
 * Reads one configuration file.
 *
 * @param onInaccessible called if the folder denies access, so that it is unknown whether the file exists. Without it,
 *   this is an error.
 * @returns undefined if the file does not exist.
 * @throws ConfigurationError if the file exists but cannot be read or parsed.
 */
export async function readConfigFile(file: string, onInaccessible?: () => void): Promise<ConfigFile | undefined> {
  if (!(await exists(file, onInaccessible))) return undefined
  try {
    const parsed = await loadFile(file, (text) => parseConfig(text.replace(/^\uFEFF/, ''), file))
    return { file, ...(parsed ?? NOTHING) }
  } catch (error) {
    throw error instanceof ConfigurationError ? error : unreadable(file, error)
  }
}

async function exists(file: string, onInaccessible?: () => void): Promise<boolean> {
  const stats = await stat(file).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    if (codeOf(error) !== 'EACCES' || !onInaccessible) throw unreadable(file, error)
    onInaccessible()
    return undefined
  })
  if (stats === undefined) return false
  if (stats.isDirectory()) throw notAFile(file, 'a directory')
  // Reading a pipe or a device could block forever.
  if (!stats.isFile()) throw notAFile(file, 'a pipe or a device')
  if (stats.size > LONGEST_FILE) throw tooLong(file)
  return true
}

function notAFile(file: string, what: string): ConfigurationError {
  return new ConfigurationError(`is ${what}, not a file.`, {
    place: { file },
    hint: 'Replace it with a file, or remove it.',
  })
}

function unreadable(file: string, error: unknown): ConfigurationError {
  const code = codeOf(error)
  return new ConfigurationError(`cannot be read (${code}).`, { place: { file }, cause: error, hint: hintFor(code) })
}

function hintFor(code: string): string {
  if (code === 'EACCES' || code === 'EPERM') return 'Give yourself read permission.'
  if (code === 'ELOOP') return 'Its symbolic links form a loop. Point them to a file.'
  return 'Check the file and its disk.'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
