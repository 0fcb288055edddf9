import { type Command, Option } from 'commander'
import type { Checksum } from '../../images/import/import-options.js'
import type { ImportSpec } from '../import/plan.js'
import { CHECKSUM_ALGORITHMS, parseChecksum } from './checksum.js'
import { suggests } from './choices.js'
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
  image(
    new Option(
      '--disk-format <format>',
      'qcow2, raw, iso, vmdk, vhd, vhdx, vdi, ploop, ami, ari or aki; default: the format of the data',
    ),
  )
  image(new Option('--container-format <format>', 'bare (default), ova, ovf, docker, compressed, ami, ari or aki'))
  image(new Option('--visibility <visibility>', 'who can see the image').choices(VISIBILITIES))
  image(new Option('--property <key=value>', 'set a property (repeatable)').argParser(collect))
  image(new Option('--tag <tag>', 'add a tag (repeatable)').argParser(collect))
  image(new Option('--min-disk <GB>', 'the minimum disk size').argParser(wholeNumber('--min-disk', 0)))
  image(new Option('--min-ram <MB>', 'the minimum memory').argParser(wholeNumber('--min-ram', 0)))
  image(new Option('--image <id>', 'an image to resume, to import into, or to copy'))

  const stores = adder(command, 'Stores:')
  stores(
    new Option('--store <id>', "import into this store (repeatable); default: the cloud's default store").argParser(
      gather,
    ),
  )
  stores(new Option('--all-stores', 'use all stores of the cloud'))
  stores(new Option('--allow-partial', 'succeed if at least one store succeeds'))

  const method = adder(command, 'Method:')
  method(new Option('--method <method>', 'how to import (default: by source)').choices(METHODS))
  method(new Option('--from-region <region>', 'copy an image from this region (glance-download)'))

  const safety = adder(command, 'Safety:')
  safety(
    suggests(
      new Option(
        '--checksum <algorithm:hex>',
        'verify the data: md5, sha1, sha224, sha256, sha384 or sha512',
      ).argParser((text, before?: Checksum) => {
        once('--checksum')(text, before && `${before.algorithm}:${before.hex}`)
        return parseChecksum('--checksum', text)
      }),
      CHECKSUM_ALGORITHMS.map((algorithm) => `${algorithm}:`),
    ),
  )
  safety(new Option('--keep-failed', 'keep the record of a failed import'))
  safety(new Option('--fallback <how>', 'download the URL to this machine if the server cannot').choices(FALLBACKS))
  safety(
    new Option('--retry-import <n>', 'retry a failed import up to n times').argParser(wholeNumber('--retry-import', 1)),
  )
  safety(
    new Option('--stall-timeout <duration>', 'stop waiting if nothing changes for this long').argParser(
      duration('--stall-timeout'),
    ),
  )

  safety(new Option('--dry-run', 'check everything, but create nothing'))

  const many = adder(command, 'Many images:')
  many(new Option('--from <file>', 'a YAML or JSON file that lists the images'))
  many(
    new Option('--parallel <n>', 'how many images to import at a time; default: 4').argParser(
      wholeNumber('--parallel', 1),
    ),
  )
  many(new Option('--report <file.xml>', 'write a JUnit report'))

  command.optionsGroup('Wait:').option('--wait', 'wait for the import; exit status 3 if it fails')
  addWaitOptions(command)
}

function adder(command: Command, group: string): (option: Option) => void {
  return (option) => {
    command.addOption(option.helpGroup(group))
  }
}
