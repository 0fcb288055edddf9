import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Environment, expandHome } from '../config/environment.js'
import { placeOf } from '../config/file/position.js'
import type { CloudSettings } from '../config/settings.js'
import { describeSource } from '../config/source.js'
import { ConfigurationError } from '../errors.js'
import type { TlsOptions } from '../http/connection/connection.js'

/** The maximum size of a file, in bytes. All certificate authorities of a system together take a tenth. */
const LONGEST_FILE = 2 * 1024 * 1024

/**
 * Reads the certificates and the key in a cloud's settings.
 *
 * @throws ConfigurationError if a file is missing or is not PEM, or if a certificate has no key.
 */
export async function readTls(settings: CloudSettings, environment: Environment): Promise<TlsOptions> {
  const { verify, cacert, cert, key } = settings.tls
  if ((cert === undefined) !== (key === undefined)) throw await incompletePair(settings)
  const read = (name: 'cacert' | 'cert' | 'key', path: string | undefined) =>
    path === undefined ? undefined : readPem(name, resolve(environment.cwd, expandHome(path, environment)), settings)
  return {
    insecure: !verify,
    ca: verify ? await read('cacert', cacert) : undefined,
    cert: await read('cert', cert),
    key: await read('key', key),
  }
}

async function readPem(name: 'cacert' | 'cert' | 'key', file: string, settings: CloudSettings): Promise<string> {
  const invalid = (why: string) => invalidFile(name, settings, file, why)
  const unreadable = async (error: unknown) => {
    const { fileFault } = await import('../file-fault.js')
    throw await invalid(`cannot be read: ${fileFault(error)}`)
  }
  const stats = await stat(file).catch(unreadable)
  // Another person may have written the setting. A pipe or a device could have no end.
  if (!stats.isFile()) throw await invalid('is not a file')
  if (stats.size > LONGEST_FILE) throw await invalid(`is larger than ${LONGEST_FILE / 1024 / 1024} MiB`)
  const read = await readFile(file, 'latin1').catch(unreadable)
  // Without the byte order mark that PowerShell and some editors write.
  const text = read.replace(/^\xef\xbb\xbf/, '')
  if (/^-----BEGIN /m.test(text)) return text
  throw await invalid('is not in PEM format')
}

async function invalidFile(
  name: string,
  settings: CloudSettings,
  file: string,
  why: string,
): Promise<ConfigurationError> {
  const source = settings.sources[name]
  const by = source && source.kind !== 'file' ? ` (${describeSource(source)})` : ''
  const hint = 'Set it to the path of a PEM file ("-----BEGIN …"). A relative path starts at the working directory.'
  return new ConfigurationError(`The ${name} file ${file}${by} ${why}.`, { place: await placeOf(source), hint })
}

async function incompletePair({ name, tls, sources }: CloudSettings): Promise<ConfigurationError> {
  const [given, missing] = tls.cert === undefined ? ['key', 'cert'] : ['cert', 'key']
  return new ConfigurationError(`The cloud "${name}" has a ${given} but no ${missing}.`, {
    place: await placeOf(sources[given]),
    hint: `Set ${missing}, too, or remove ${given}.`,
  })
}
