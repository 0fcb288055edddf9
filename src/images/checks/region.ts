import { didYouMean } from '../../nearest.js'
import { type Check, listed } from './check.js'

/**
 * Whether the cloud has an image service in the region of the image: Glance looks for it in the catalog, in any letter case.
 * Undefined if the catalog is unknown.
 */
export function checkRegion(regions: readonly string[], wanted: string): Check | undefined {
  const check = 'region'
  if (regions.length === 0) return undefined
  if (regions.some((region) => region.toLowerCase() === wanted.toLowerCase()))
    return { check, status: 'ok', detail: `The cloud has an image service in the region ${wanted}.` }
  return {
    check,
    status: 'failed',
    detail: `The cloud has no image service in the region "${wanted}".`,
    hint: didYouMean(wanted, regions) ?? `Available regions: ${listed(regions)}.`,
  }
}
