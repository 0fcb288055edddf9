import { type Command, Option } from 'commander'
import type { Checksum } from '../../images/import/import-options.js'
import type { ImportSpec } from '../import/plan.js'
import { parseChecksum } from './checksum.js'
import type { CommonOptions } from './common-options.js'
import { collect, duration, gather, once, wholeNumber } from './option-values.js'
import { addWaitOptions, type OptionalWaitFlags } from './wait-options.js'

/** The options of `import`, as commander parses them. */
export interface ImportCommandOptions
  extends CommonOptions,
    OptionalWaitFlags,
    Omit<ImportSpec, 'source' | 'property'> {
  /** KEY=VALUE each. */
  property?: string[]
  dryRun?: boolean
  from?: string
  parallel?: number
  report?: string
}

/** The import methods of `--method` and of a file. */
export const METHODS = ['web-download', 'glance-direct', 'copy-image', 'glance-download'] as const
/** The visibilities of an image. */
export const VISIBILITIES = ['public', 'private', 'shared', 'community'] as const
/** The values of `--fallback`. */
export const FALLBACKS = ['local'] as const

/** Adds the options of `import`, in groups. */
export function addImportOptions(command: Command): void {
  const image = adder(command, 'Image:')
  image(new Option('--name <name>', 'the name of the new image').argParser(once('--name')))
  image(new Option('--disk-format <format>', 'its disk format: qcow2, raw, … (default: recognised from the data)'))
  image(new Option('--container-format <format>', 'its container format (default: bare)'))
  image(new Option('--visibility <visibility>', 'who can see it').choices(VISIBILITIES))
  image(new Option('--property <key=value>', 'another property (repeatable)').argParser(collect))
  image(new Option('--tag <tag>', 'a tag (repeatable)').argParser(collect))
  image(new Option('--min-disk <GB>', 'the disk size that it needs').argParser(wholeNumber('--min-disk', 0)))
  image(new Option('--min-ram <MB>', 'the memory that it needs').argParser(wholeNumber('--min-ram', 0)))
  image(new Option('--image <id>', 'an existing image: a queued record to fill, or the image to copy'))

  const stores = adder(command, 'Stores:')
  stores(new Option('--store <id>', 'import into this store (repeatable; default: of the cloud)').argParser(gather))
  stores(new Option('--all-stores', 'import into all stores'))
  stores(new Option('--allow-partial', 'succeed if one of several stores fails, and print a warning'))

  const method = adder(command, 'Method:')
  method(
    new Option('--method <method>', 'how to import (default: web-download for a URL, else glance-direct)').choices(
      METHODS,
    ),
  )
  method(new Option('--from-region <region>', 'copy the data of --image from this region (glance-download)'))

  const safety = adder(command, 'Safety:')
  safety(
    new Option('--checksum <algorithm:hex>', 'verify the data: md5, sha256, sha512, …').argParser(
      (text, before?: Checksum) => {
        once('--checksum')(text, before && `${before.algorithm}:${before.hex}`)
        return parseChecksum('--checksum', text)
      },
    ),
  )
  safety(new Option('--keep-failed', 'keep the record of a failed import'))
  safety(
    new Option('--fallback <how>', 'if the server cannot download the URL, download and upload it here').choices(
      FALLBACKS,
    ),
  )
  safety(
    new Option('--retry-import <n>', 'import again up to n times after a failure').argParser(
      wholeNumber('--retry-import', 1),
    ),
  )
  safety(
    new Option('--stall-timeout <duration>', 'give up if nothing changes for this time (default: never)').argParser(
      duration('--stall-timeout'),
    ),
  )

  safety(new Option('--dry-run', 'check everything, print the plan, and create nothing'))

  const many = adder(command, 'Many images:')
  many(new Option('--from <file>', 'import the images that this YAML or JSON file lists'))
  many(new Option('--parallel <n>', 'how many at a time (default: 4)').argParser(wholeNumber('--parallel', 1)))
  many(new Option('--report <file.xml>', 'write a JUnit report'))

  command.option('--wait', 'wait until the import ends; exit with status 3 if it fails')
  addWaitOptions(command)
}

function adder(command: Command, group: string): (option: Option) => void {
  return (option) => {
    command.addOption(option.helpGroup(group))
  }
}
