import type { Command } from 'commander'
import type { CloudSelection } from '../../config/resolve.js'
import { UsageError } from '../../errors.js'
import { cloudSelections } from './cloud-options.js'

/** The options of commands that can query several clouds at once. */
export interface SeveralOptions {
  osCloud?: readonly string[] | undefined
  osRegionName?: string | undefined
  allRegions?: boolean
}

/** Adds --all-regions. The other option for several clouds, a repeated --os-cloud, exists on every command. */
export function addSeveralOptions(command: Command): void {
  command.option('--all-regions', 'search all regions of the cloud')
  // An error that main() prints knows the options of the program only, and its hint needs this one.
  command.on('option:all-regions', () => command.parent?.setOptionValue('allRegions', true))
}

/** The clouds of a command that can query several. */
export interface CloudsPlan {
  clouds: readonly CloudSelection[]
  /** Query all regions of each cloud. */
  allRegions: boolean
  /** Whether the options ask for several clouds or regions. The output then shows the origin of each task. */
  isSeveral: boolean
}

/**
 * The clouds and regions that the options select, in their order, each cloud once.
 *
 * @throws UsageError for --all-regions with --os-region-name
 */
export function cloudsPlan(options: SeveralOptions): CloudsPlan {
  const { allRegions = false, osRegionName, osCloud } = options
  if (allRegions && osRegionName !== undefined) {
    throw new UsageError('--all-regions and --os-region-name cannot be used together.')
  }
  const clouds = cloudSelections({ ...options, osCloud: osCloud && [...new Set(osCloud)] })
  return { clouds, allRegions, isSeveral: allRegions || clouds.length > 1 }
}
