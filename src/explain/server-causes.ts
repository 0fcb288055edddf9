import { methodOf, methodParametersOf, storesOf } from '../tasks/import-task.js'
import type { Task } from '../tasks/task.js'
import type { Cause } from './cause.js'
import { type Facts, failedStoresOf } from './facts.js'
import { hasSource } from './source-causes.js'

/** A store that failed. After a failed download Glance names all stores, so this proves nothing about any of them. */
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
        summary: `The task succeeded, but the ${stores} did not accept the image.`,
        hint: `Ask the operator to check the ${stores}, and to copy the image there.`,
      },
    ]
  }
  const isLost = image?.status === 'importing'
  return [
    {
      code: 'store_failed',
      summary: `The ${stores} did not accept the image.${isLost ? ' The status of the image stays importing, and no other import into it is possible.' : ''}`,
      hint: `Ask the operator to check the ${stores}${isLost ? ', delete the image, and import it into another store' : ', or import into another store'}.`,
    },
  ]
}

/** A store that has none of at least this number of other images has probably failed. */
const FEW_IMAGES = 3

/** If the server does not report which store failed, the other images may show it. */
export function suspectCauses({ task, image, stores = [] }: Facts): Cause[] {
  const wanted = new Set([...storesOf(task), ...failedStoresOf(image)])
  const total = stores.reduce((sum, { images }) => sum + images, 0)
  const suspects = stores.filter(
    ({ id, images, failures }) => wanted.has(id) && images === 0 && (failures > 0 || total >= FEW_IMAGES),
  )
  return suspects.map(({ id, failures }) => ({
    code: 'store_failed',
    summary: `Most likely the store ${id} did not accept the image: ${failures > 0 ? `it did not accept ${failures} of the newest images of the project either` : 'it has none of the newest images of the project'}.`,
    hint: `Ask the operator to check the store ${id}, or import into another store.`,
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

/** An image of another region, which this program does not read. */
export function regionCauses({ task }: Facts): Cause[] {
  if (methodOf(task) !== 'glance-download') return []
  const { glance_region: region, glance_image_id: image } = methodParametersOf(task)
  return [
    {
      code: 'region_source',
      summary: `The server could not fetch image ${image} from region ${region}.`,
      hint: `Check in region ${region} that the image is active and that you have access to it.`,
    },
  ]
}

/** The last cause of every list: anything on the server, which a client cannot see. */
export function serverSide({ source, image, stores = [] }: Facts, task: Task): Cause {
  const request = task.request_id ? ` and request ${task.request_id}` : ''
  const isHealthy = source?.status !== undefined && source.status < 400
  const size = isHealthy && source?.size !== undefined ? ` for ${Math.ceil(source.size / 2 ** 20)} MiB` : ''
  const wanted = storesOf(task)
  const doWork =
    wanted.length > 0 && wanted.every((store) => stores.some(({ id, images }) => id === store && images > 0))
  const guesses = [
    ...(hasSource({ task }) ? ['it cannot reach the source', 'its download was interrupted'] : []),
    `its staging area${doWork ? '' : ' or a store'} has no room${size}`,
  ]
  return {
    code: 'server_side',
    summary: `The server gives no reason.${isHealthy ? ' This machine can read the source.' : ''} Most likely the cause lies with the server: ${guesses.join(', or ')}.`,
    hint: `Try again once; then ask the operator to look up task ${task.id}${request} in the log of Glance.${image?.status === 'importing' ? ' Delete the image, because its status stays importing.' : ''}`,
  }
}
