import { sizeText } from '../../amounts.js'
import type { Compression, Recognised } from './recognised.js'

/** What the caller says about the formats of an image. */
export interface Declared {
  diskFormat?: string | undefined
  containerFormat?: string | undefined
  properties?: Readonly<Record<string, string>> | undefined
  /** The name of the file, which may show the format if the data does not. */
  fileName?: string | undefined
  /** Why the data cannot be read, in a sentence. */
  unread?: string | undefined
  /** The URL seems to have no data, so the import will most likely fail, whatever the format. */
  isGone?: boolean | undefined
}

/** The formats of an image record, and how certain they are. */
export interface FormatChoice {
  /** Undefined if no format can be chosen; then `status` is `failed`. */
  diskFormat: string | undefined
  containerFormat: string
  /** `warning`: it works on some clouds only. `failed`: it works on none. `unknown`: the data could not be read. */
  status: 'ok' | 'warning' | 'failed' | 'unknown'
  /** One or two sentences. */
  detail: string
  hint?: string
}

/**
 * The disk formats that Glance recognises in data of the container format `bare`. Newer versions refuse data of another
 * format.
 */
const INSPECTED = new Set(['qcow2', 'raw', 'vmdk', 'vhd', 'vhdx', 'vdi', 'iso'])

/** The disk formats that Glance cannot recognise: it accepts all data that look like no other format. */
const OPAQUE = new Set(['ami', 'ari', 'aki', 'ploop'])

/** The usual disk format in a container. Glance does not examine the contents of a container. */
const WITHIN: Readonly<Record<string, string>> = {
  ova: 'vmdk',
  ovf: 'vmdk',
  docker: 'raw',
  ami: 'ami',
  ari: 'ari',
  aki: 'aki',
}

/** The extensions that show a format. `img` may be anything. */
const BY_NAME = /\.(qcow2|raw|vmdk|vhd|vhdx|vdi|iso)$/i

/**
 * Chooses the formats of an image record: the declared ones if the data does not contradict them, otherwise those of the data. The
 * rules are those of Glance's `require_image_format_match`, with one exception: data of a known format that are declared as
 * raw are a contradiction. Glance would store them, but no guest could use them.
 *
 * @param recognised what the first bytes show; undefined if they could not be read.
 */
export function chooseFormats(recognised: Recognised | undefined, declared: Declared): FormatChoice {
  const { diskFormat } = declared
  // The formats of Amazon are disk formats and container formats.
  const isAmazon = diskFormat !== undefined && ['ami', 'ari', 'aki'].includes(diskFormat)
  const containerFormat = declared.containerFormat ?? (isAmazon ? diskFormat : 'bare')
  const choice = choose(recognised, declared, containerFormat)
  return { diskFormat, containerFormat, ...choice }
}

type Choice = Omit<FormatChoice, 'diskFormat' | 'containerFormat'> & { diskFormat?: string }

function choose(recognised: Recognised | undefined, declared: Declared, containerFormat: string): Choice {
  const { diskFormat } = declared
  if (containerFormat === 'compressed') return compressedChoice(recognised, diskFormat)
  if (containerFormat !== 'bare') return containerChoice(containerFormat, diskFormat)
  if (recognised === undefined) return unseenChoice(declared)
  // An operator can add other formats to a cloud, which this program does not know.
  if (diskFormat !== undefined && !INSPECTED.has(diskFormat) && !OPAQUE.has(diskFormat)) return unjudged(diskFormat)
  if (recognised.compression) return compressedFault(recognised.compression, recognised)
  if (recognised.problem) return problemChoice(recognised.problem, recognised, diskFormat)
  return diskFormat === undefined
    ? recognisedChoice(recognised, declared)
    : declaredChoice(recognised, diskFormat, declared)
}

/** The data is compressed, and the container format says so. */
function compressedChoice(recognised: Recognised | undefined, declared: string | undefined): Choice {
  const inside = recognised?.compression && recognised.format
  if (recognised && !recognised.compression) {
    return {
      status: 'failed',
      detail: 'The container format is compressed, but the data is not.',
      hint: 'Use the container format bare.',
    }
  }
  const diskFormat = declared ?? inside
  if (diskFormat === undefined) return noFormat('The format inside the compressed data cannot be read.')
  if (inside && inside !== diskFormat && recognised?.isGuess === undefined) {
    return contradiction(`The compressed data contains ${named(inside)}`, diskFormat, inside)
  }
  return {
    diskFormat,
    status: 'warning',
    detail: `The data is compressed, with the disk format ${diskFormat} inside. Only some clouds decompress it.`,
  }
}

function containerChoice(containerFormat: string, declared: string | undefined): Choice {
  const diskFormat = declared ?? WITHIN[containerFormat]
  if (diskFormat === undefined)
    return noFormat(`There is no default disk format for the container format ${containerFormat}.`)
  const why = declared === undefined ? `, the default for ${containerFormat}` : ''
  return {
    diskFormat,
    status: 'ok',
    detail: `The container format is ${containerFormat}. The disk format is ${diskFormat}${why}.`,
  }
}

/** This machine cannot read the data. */
function unseenChoice({ diskFormat, fileName, isGone, unread }: Declared): Choice {
  if (diskFormat !== undefined) {
    return {
      status: 'unknown',
      detail: `The disk format is ${diskFormat}. This machine cannot check the data.`,
    }
  }
  const byName = formatByName(fileName) ?? (isGone ? 'raw' : undefined)
  if (byName === undefined) return noFormat(unread ?? 'This machine cannot read the data.')
  if (isGone) return { diskFormat: byName, status: 'warning', detail: `The disk format is assumed to be ${byName}.` }
  return {
    diskFormat: byName,
    status: 'warning',
    detail: `The disk format is ${byName}, because the file name ends with .${byName}. This machine cannot read the data.`,
  }
}

function formatByName(fileName = ''): string | undefined {
  return BY_NAME.exec(fileName)?.[1]?.toLowerCase()
}

function noFormat(why: string): Choice {
  return { status: 'failed', detail: `${why} The disk format is unknown.`, hint: 'Specify the disk format.' }
}

function unjudged(diskFormat: string): Choice {
  return { status: 'unknown', detail: `The program cannot check whether the data has the disk format ${diskFormat}.` }
}

const DECOMPRESS: Record<Compression, string> = { gzip: 'gunzip', xz: 'unxz', zstd: 'unzstd', bzip2: 'bunzip2' }

function compressedFault(compression: Compression, { format, isGuess }: Recognised): Choice {
  const inside = format === undefined || isGuess ? '' : `, with ${named(format)} inside`
  return {
    status: 'failed',
    detail: `The data is compressed with ${compression}${inside}. Glance stores it without decompressing it, and no guest can use it.`,
    hint: `Decompress it first (${DECOMPRESS[compression]}). If the cloud decompresses images, use the container format compressed.`,
  }
}

function problemChoice(problem: string, { format }: Recognised, declared: string | undefined): Choice {
  // It follows another sentence elsewhere, and stands alone here.
  const text = problem.replace(/^It\b/, 'The source').replace(/^Its\b/, 'The image is unusable: its')
  // An archive may be declared as raw on purpose. An image that refers to other files is always incomplete.
  if (format === undefined && declared === 'raw') return { status: 'warning', detail: `${text} It is stored as raw.` }
  const hint =
    format === undefined
      ? 'Specify an image file.'
      : 'Convert it to a self-contained image: qemu-img convert -O qcow2 OLD NEW.'
  return { status: 'failed', detail: text, hint }
}

/** No format was declared, so the data decide. */
function recognisedChoice(recognised: Recognised, { fileName }: Declared): Choice {
  const { format, isGuess, why, warning, virtualSize } = recognised
  if (isGuess) return guess(why, formatByName(fileName))
  if (format === 'luks') return { diskFormat: 'raw', status: 'warning', detail: `The disk format is raw. ${ENCRYPTED}` }
  const size = virtualSize === undefined ? '' : `, virtual size ${sizeText(virtualSize)}`
  const detail = `The disk format is ${format}, recognised ${why}${size}.`
  return {
    ...(format && { diskFormat: format }),
    ...(warning ? { status: 'warning', detail: `${detail} ${warning}` } : { status: 'ok', detail }),
  }
}

function guess(why: string, byName: string | undefined): Choice {
  const diskFormat = 'raw'
  if (byName === 'raw')
    return { diskFormat, status: 'ok', detail: `The disk format is raw, ${why} and the file name ends with .raw.` }
  const name = byName === undefined ? '' : ` The file name ends with .${byName}.`
  return {
    diskFormat,
    status: 'warning',
    detail: `The disk format is assumed to be raw, ${why}.${name}`,
    hint: 'If this is wrong, specify the disk format.',
  }
}

const ENCRYPTED = 'The data is encrypted with LUKS. Only a cloud that has the key can use it.'

function declaredChoice(recognised: Recognised, declared: string, { properties = {} }: Declared): Choice {
  const { format = 'raw', why, warning } = recognised
  if (format === declared || (format === 'raw' && OPAQUE.has(declared))) {
    const detail =
      format === declared ? `The data matches the disk format ${declared}.` : `The disk format is ${declared}.`
    return warning ? { status: 'warning', detail: `${detail} ${warning}` } : { status: 'ok', detail }
  }
  if (declared === 'raw' && format === 'luks') return { status: 'warning', detail: ENCRYPTED }
  if (declared === 'raw' && format === 'iso') {
    return {
      status: 'warning',
      detail: 'The data is an ISO image, but the disk format is raw. A guest will see a disk, not a CD.',
    }
  }
  if (format === 'raw' && declared === 'vhd') {
    return {
      status: 'warning',
      detail:
        'The data does not start with a VHD signature. A fixed VHD has its signature at the end, which is not checked. Newer versions of Glance refuse such an image.',
    }
  }
  // ESX keeps the description of a disk in another file.
  if (format === 'raw' && declared === 'vmdk' && properties.vmware_disktype !== undefined) {
    return {
      status: 'warning',
      detail: 'The data does not start with a VMDK signature. Newer versions of Glance refuse such an image.',
    }
  }
  const data = recognised.isGuess
    ? 'The format of the data is unknown'
    : `The data is ${named(format)}, recognised ${why}`
  return contradiction(data, declared, recognised.isGuess ? undefined : format)
}

function contradiction(data: string, declared: string, format: string | undefined): Choice {
  return {
    status: 'failed',
    detail: `${data}, but the disk format is ${declared}.`,
    hint:
      format === undefined
        ? 'Check the data, or specify another disk format.'
        : `Omit the disk format, or use ${format}.`,
  }
}

/** A format in a sentence: `an ISO image`. */
function named(format: string): string {
  if (format === 'iso') return 'an ISO image'
  return format === 'raw' ? 'a raw disk' : `${format === 'luks' ? 'encrypted with ' : ''}${format}`
}
