import { stat } from 'node:fs/promises'
// Only the class that reads one file. Calling cosmiconfig() itself would look for settings of its own in the working
// directory and run a .config/config.js that it finds there.
import * as cosmiconfig from 'cosmiconfig/dist/Explorer.js'
import { ConfigurationError } from '../../errors.js'
import type { Value } from '../value.js'
import { LONGEST_FILE, type ParsedFile, parseConfig, tooLong } from './yaml.js'

/** One configuration file, read and parsed. */
export interface ConfigFile extends ParsedFile {
  file: string
}

interface Result {
  config?: { parsed: ParsedFile }
}

// The loader wraps what it parsed, for the explorer treats a key `$import` at the top as a command to read more files.
const load = (file: string, text: string) => ({ parsed: parseConfig(text.replace(/^\uFEFF/, ''), file) })
// The package has types for its index file alone.
const { Explorer } = cosmiconfig as unknown as {
  Explorer: new (options: object) => { load(file: string): Promise<Result> }
}
const EXPLORER = new Explorer({
  moduleName: 'openstack',
  // For a file that happens to be called package.*: the whole of it, not its property `openstack`.
  packageProp: [],
  searchPlaces: [],
  searchStrategy: 'none',
  loaders: { default: load },
  transform: (result: Result) => result,
  cache: false,
})

const NOTHING: { content: Value } = { content: null }

/**
 * Reads one configuration file.
 *
 * @param onClosed called where the folder may not be entered, so that nobody knows whether there is such a file.
 * @returns undefined when there is none of that name.
 * @throws ConfigurationError when there is one that cannot be read or parsed.
 */
export async function readConfigFile(file: string, onClosed?: () => void): Promise<ConfigFile | undefined> {
  if (!(await isThere(file, onClosed))) return undefined
  try {
    const { config } = await EXPLORER.load(file)
    return { file, ...(config?.parsed ?? NOTHING) }
  } catch (error) {
    throw error instanceof ConfigurationError ? error : unreadable(file, error)
  }
}

async function isThere(file: string, onClosed?: () => void): Promise<boolean> {
  const stats = await stat(file).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    if (codeOf(error) !== 'EACCES' || !onClosed) throw unreadable(file, error)
    onClosed()
    return undefined
  })
  if (stats === undefined) return false
  if (stats.isDirectory()) throw notAFile(file, 'a directory')
  // Reading a pipe or a device could wait for ever.
  if (!stats.isFile()) throw notAFile(file, 'a pipe or a device')
  if (stats.size > LONGEST_FILE) throw tooLong(file)
  return true
}

function notAFile(file: string, what: string): ConfigurationError {
  return new ConfigurationError(`is ${what}, not a file.`, { place: { file }, hint: 'Put a file there, or remove it.' })
}

function unreadable(file: string, error: unknown): ConfigurationError {
  const code = codeOf(error)
  return new ConfigurationError(`cannot be read (${code}).`, { place: { file }, cause: error, hint: hintFor(code) })
}

function hintFor(code: string): string {
  if (code === 'EACCES' || code === 'EPERM') return 'Give yourself the permission to read it.'
  if (code === 'ELOOP') return 'Its symbolic links lead to each other: point them at a file.'
  return 'Check the file and the disk it lies on.'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
