import { verify } from '../../images/checksum.js'
import { findImages } from '../../images/find-images.js'
import { type Image, storeNames } from '../../images/image.js'
import type { Checksum } from '../../images/import/import-options.js'
import { getImage } from '../../images/records.js'
import type { CloudConnection } from '../cloud-connection.js'
import type { Context } from '../context.js'
import { existingImage, type ImportPlan, type ImportSpec } from './plan.js'

/** What the cloud already has of an image to import. */
export type Existing =
  | { is: 'absent' }
  /** It need not be imported. */
  | { is: 'there'; imageId: string; why: string }
  /** Records that an interrupted import may have left, newest first. */
  | { is: 'left'; records: string[] }

/**
 * Looks for an image by its name and project, or by its ID if it is an existing one.
 *
 * @param owner the ID of the project; undefined for a login without one.
 * @throws NotFoundError if there is no image of the ID; what Service.request throws.
 */
export async function findExisting(
  { signal }: Pick<Context, 'signal'>,
  { session }: Pick<CloudConnection, 'session'>,
  { spec, method }: ImportPlan,
  owner: string | undefined,
): Promise<Existing> {
  const id = existingImage(spec)
  if (id !== undefined) {
    const image = await getImage(session, id, { signal })
    return isDone(image, spec, method) ? there(image, 'The image is already complete.') : { is: 'absent' }
  }
  const images = await findImages(session, { name: spec.name ?? '', owner, signal })
  for (const image of images.filter(({ status }) => status === 'active')) {
    const why = matchOf(image, spec.checksum)
    if (why !== undefined) return there(image, why)
  }
  const records = images.filter((image) => UNFINISHED.has(image.status) && isFor(image, spec)).map(({ id }) => id)
  return records.length > 0 ? { is: 'left', records } : { is: 'absent' }
}

function there({ id }: Image, why: string): Existing {
  return { is: 'there', imageId: id, why }
}

/** Why an active image is the wanted one; undefined if it has another checksum. */
function matchOf(image: Image, checksum: Checksum | undefined): string | undefined {
  if (checksum === undefined) return 'An active image has this name.'
  switch (verify(checksum, image).is) {
    case 'right':
      return 'An active image has this name and checksum.'
    case 'wrong':
      return undefined
    case 'unknown':
      return 'An active image has this name. The cloud has no checksum of this algorithm to compare.'
  }
}

/** The statuses of a record whose import has not ended. */
const UNFINISHED = new Set(['queued', 'uploading', 'importing'])

/** A record with another format was made for other data. */
function isFor({ disk_format, container_format }: Image, { diskFormat, containerFormat }: ImportSpec): boolean {
  return (
    (diskFormat === undefined || diskFormat === disk_format) &&
    (containerFormat === undefined || containerFormat === container_format)
  )
}

/** Whether an existing image has what it is to get. */
function isDone(image: Image, { store }: ImportSpec, method: ImportPlan['method']): boolean {
  if (image.status !== 'active') return false
  if (method !== 'copy-image') return true
  const present = storeNames(image.stores)
  return store?.every((id) => present.includes(id)) ?? false
}
