import type { BigIntStats } from 'node:fs'
import { lstat, realpath, stat } from 'node:fs/promises'
import { ConfigurationError } from '../../errors.js'
import type { Value } from '../value.js'
import { loadFile } from './explorer.js'
import { LONGEST_FILE, type ParsedFile, parseConfig, tooLong } from './yaml.js'

/** One configuration file, read and parsed. */
export interface ConfigFile extends ParsedFile {
  file: string
  /** Changes whenever the file does. Undefined if that is not certain. */
  version: string | undefined
  /** The file that it leads to, if it is a symbolic link. */
  target?: string | undefined
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
  // The file system has the clock of the machine, too.
  const now = Date.now()
  const stats = await statsOf(file, onInaccessible)
  if (stats === undefined) return undefined
  try {
    const parsed = await loadFile(file, (text) => parseConfig(text.replace(/^\uFEFF/, ''), file))
    return { file, version: versionOf(stats, now), target: await targetOf(file), ...(parsed ?? NOTHING) }
  } catch (error) {
    throw error instanceof ConfigurationError ? error : await unreadable(file, error)
  }
}

/** The attributes of a file before it is read; undefined if it does not exist. */
async function statsOf(file: string, onInaccessible?: () => void): Promise<BigIntStats | undefined> {
  const stats = await stat(file, { bigint: true }).catch(async (error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    if (!isDenied(codeOf(error))) throw await unreadable(file, error)
    // Reading the attributes of a file needs no permission for the file itself.
    if (!onInaccessible) throw await unreadable(file, error, BEHIND_A_DIRECTORY)
    onInaccessible()
    return undefined
  })
  if (stats === undefined) return undefined
  if (stats.isDirectory()) throw notAFile(file, 'a directory')
  // Reading a pipe or a device could block forever.
  if (!stats.isFile()) throw notAFile(file, 'a pipe or a device')
  if (stats.size > LONGEST_FILE) throw tooLong(file)
  return stats
}

/** The file that a symbolic link leads to; undefined for any other file. */
async function targetOf(file: string): Promise<string | undefined> {
  return (await lstat(file)).isSymbolicLink() ? realpath(file) : undefined
}

/** How long a file must have been unchanged, in milliseconds: two changes in quick succession may get the same time. */
const SETTLED = 100

/**
 * Identifies the content of a file, for as long as nobody can have changed it unnoticed.
 *
 * @param now the time just before the attributes were read, in milliseconds since the epoch.
 */
export function versionOf(stats: BigIntStats, now: number): string | undefined {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats
  // Some file systems store whole seconds only.
  const isPrecise = ctimeNs % 1_000_000_000n !== 0n
  const isSettled = Number(ctimeNs / 1_000_000n) < now - SETTLED
  return isPrecise && isSettled ? [dev, ino, size, mtimeNs, ctimeNs].join(':') : undefined
}

function notAFile(file: string, what: string): ConfigurationError {
  return new ConfigurationError(`this is ${what}, not a file.`, {
    place: { file },
    hint: 'Replace it with a file, or remove it.',
  })
}

const BEHIND_A_DIRECTORY =
  'A directory above the file denies access. Give yourself access to it (chmod u+x), or move the file.'

async function unreadable(file: string, error: unknown, hint = hintFor(codeOf(error))): Promise<ConfigurationError> {
  const { fileFault } = await import('../../file-fault.js')
  return new ConfigurationError(`cannot read the file: ${fileFault(error)}.`, {
    place: { file },
    cause: error,
    hint,
  })
}

function hintFor(code: string): string {
  if (isDenied(code)) return 'Give yourself read permission for the file.'
  if (code === 'EBUSY') return 'Close the program that uses it.'
  if (code === 'ELOOP') return 'The symbolic link leads back to itself. Point it to a file.'
  if (code === 'ENAMETOOLONG') return 'Check the path of the file.'
  return 'Check the file and its disk.'
}

/** Linux and macOS report EACCES, Windows EPERM. */
function isDenied(code: string): boolean {
  return code === 'EACCES' || code === 'EPERM'
}

/** Not by `instanceof`: in a context of its own, as in Jest, Error is not the class of Node's errors. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? String(error)
}
