import { UnexpectedAnswerError } from '../errors.js'
import { jsonOf, requestIdOf } from '../http/answer.js'
import { isJsonObject } from '../http/json.js'
import type { Service } from '../http/service.js'
import { type Image, isImage } from './image.js'

/** Which images to find. */
export interface ImageFilter {
  name: string
  /** The ID of the project that owns them. Default: all that are visible to the user. */
  owner?: string | undefined
  signal?: AbortSignal | undefined
}

/** At most this number of images with one name is read. */
const MAX_IMAGES = 1000

/**
 * Returns the images with a name, newest first, in any status.
 *
 * @throws UnexpectedAnswerError, and what Service.request throws.
 */
export async function findImages(service: Service, { name, owner, signal }: ImageFilter): Promise<Image[]> {
  const query = { name: nameFilter(name), owner, limit: MAX_IMAGES, sort_key: 'created_at', sort_dir: 'desc' }
  const answer = await service.request({ method: 'GET', path: 'images', query, signal, json: true })
  const body = jsonOf(answer)
  const images = isJsonObject(body) ? body.images : undefined
  if (!Array.isArray(images)) {
    throw new UnexpectedAnswerError('The response of the image service is not a list of images.', {
      requestId: requestIdOf(answer),
      hint: 'Check that the endpoint is the URL of the image service.',
      remedy: { kind: 'diagnose' },
    })
  }
  // A server may ignore a filter and return other images.
  return images.filter(isImage).filter((image) => image.name === name && (owner === undefined || image.owner === owner))
}

/** Glance takes what precedes a colon for an operator, and refuses `debian:13`. */
function nameFilter(name: string): string {
  return name.includes(':') ? `eq:${name}` : name
}
