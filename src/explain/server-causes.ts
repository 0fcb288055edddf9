import type { Cause } from './cause.js'
import { type Facts, failedStoresOf, methodOf, methodParametersOf, storesOf } from './facts.js'
import { hasSource } from './source-causes.js'

/** A store that failed. After a failed download Glance names all stores, which says nothing about any of them. */
export function storeCauses({ task, image }: Facts): Cause[] {
  const failed = failedStoresOf(image)
  const wanted = storesOf(task)
  const hasSucceeded = task?.status === 'success'
  const named = failed.filter((store) => wanted.length === 0 || wanted.includes(store))
  if (named.length === 0) return []
  const isCopy = ['glance-direct', 'copy-image'].includes(methodOf(task) ?? '')
  const isDownloaded = typeof image?.checksum === 'string'
  if (!hasSucceeded && !isCopy && !isDownloaded && named.length >= wanted.length) return []
  const stores = `${named.length === 1 ? 'store' : 'stores'} ${named.join(', ')}`
  if (hasSucceeded) {
    return [
      {
        code: 'store_failed',
        summary: `The task succeeded, but the ${stores} did not take the image.`,
        hint: `Ask the operator about the ${stores}, and have the image copied there.`,
      },
    ]
  }
  const isLost = image?.status === 'importing'
  return [
    {
      code: 'store_failed',
      summary: `The ${stores} did not take the image.${isLost ? ' The image stays importing, and cannot be imported into again.' : ''}`,
      hint: `Ask the operator about the ${stores}${isLost ? ', delete the image, and import it into another store' : ', or import into another store'}.`,
    },
  ]
}

/** How many other images must be elsewhere before it is odd that a store has none of them. */
const FEW_IMAGES = 3

/** Where the server does not tell which store failed, the other images may. */
export function suspectCauses({ task, image, stores = [] }: Facts): Cause[] {
  const wanted = new Set([...storesOf(task), ...failedStoresOf(image)])
  const total = stores.reduce((sum, { images }) => sum + images, 0)
  const suspects = stores.filter(
    ({ id, images, failures }) => wanted.has(id) && images === 0 && (failures > 0 || total >= FEW_IMAGES),
  )
  return suspects.map(({ id, failures }) => ({
    code: 'store_failed',
    summary: `Most likely the store ${id} did not take the image: ${failures > 0 ? `it did not take ${failures} of the newest images of the project either` : 'it has none of the newest images of the project'}.`,
    hint: `Ask the operator about the store ${id}, or import into another store.`,
  }))
}

/** A quota that is used up. */
export function quotaCauses({ quotas = [] }: Facts): Cause[] {
  const full = quotas.filter(({ limit, usage }) => limit >= 0 && usage >= limit)
  if (full.length === 0) return []
  const list = full.map(({ name, limit, usage }) => `${name} ${usage} of ${limit}`).join(', ')
  return [
    {
      code: 'quota',
      summary: `The quota of the project is used up: ${list}.`,
      hint: 'Delete images that are not needed, wait until other imports end, or ask the operator for a larger quota.',
    },
  ]
}

/** An image of another region, which cannot be looked at from here. */
export function regionCauses({ task }: Facts): Cause[] {
  if (methodOf(task) !== 'glance-download') return []
  const { glance_region: region, glance_image_id: image } = methodParametersOf(task)
  return [
    {
      code: 'region_source',
      summary: `The server could not fetch image ${image} from region ${region}.`,
      hint: `Check in region ${region} that the image is active and that you may read it.`,
    },
  ]
}

/** The end of every list: the rest, which cannot be seen from outside. */
export function serverSide({ task, source, image, stores = [] }: Facts): Cause {
  const request = task?.request_id ? ` and request ${task.request_id}` : ''
  const isHealthy = source?.status !== undefined && source.status < 400
  const size = isHealthy && source?.size !== undefined ? ` for ${Math.ceil(source.size / 2 ** 20)} MiB` : ''
  const wanted = storesOf(task)
  const doWork =
    wanted.length > 0 && wanted.every((store) => stores.some(({ id, images }) => id === store && images > 0))
  const guesses = [
    ...(hasSource({ task }) ? ['it cannot reach the source', 'its download broke off'] : []),
    `its staging area${doWork ? '' : ' or a store'} has no room${size}`,
  ]
  return {
    code: 'server_side',
    summary: `The server gives no reason.${isHealthy ? ' The source looks healthy from here.' : ''} Most likely the cause lies with the server: ${guesses.join(', or ')}.`,
    hint: `Try again once; then ask the operator to look up task ${task?.id}${request} in the log of Glance.${image?.status === 'importing' ? ' Delete the image, which stays importing.' : ''}`,
  }
}
