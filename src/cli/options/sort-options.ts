import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.js'
import type { ListOptions } from '../../tasks/list/list.js'
import { SORT_KEYS } from '../../tasks/list/sort.js'
import { once } from './option-values.js'

/** The options that sort a list. --sort excludes the other two. */
export interface SortFlags {
  sort?: string
  sortKey?: string
  sortDir?: 'asc' | 'desc'
}

const ONE_KEY = 'Glance sorts by one column only.'

/** Adds the options that sort a list to a command. */
export function addSortOptions(command: Command): void {
  command
    .optionsGroup('Order:')
    .option(
      '--sort <key[:dir]>',
      'created_at (default), updated_at, expires_at, id, type, status or owner; dir: asc or desc (default)',
      once('--sort', ONE_KEY),
    )
    .addOption(
      new Option('--sort-key <key>', 'the sort key, instead of --sort')
        .argParser(once('--sort-key', ONE_KEY))
        .conflicts('sort'),
    )
    .addOption(
      new Option('--sort-dir <dir>', 'the sort direction, instead of --sort')
        .choices(['asc', 'desc'])
        .conflicts('sort'),
    )
}

/** Converts the options to those of the library. @throws UsageError */
export function sortOrder({ sort, sortKey, sortDir }: SortFlags): Pick<ListOptions, 'sortKey' | 'sortDir'> {
  if (sort === undefined) return { sortKey: sortKey && columnName(sortKey), sortDir }
  const [, key, direction] = /^([^:]+)(?::(asc|desc))?$/i.exec(sort) ?? []
  if (key !== undefined)
    return { sortKey: columnName(key), sortDir: direction?.toLowerCase() as ListOptions['sortDir'] }
  throw new UsageError(`--sort: ${JSON.stringify(sort)} is not KEY, KEY:asc or KEY:desc.`, {
    hint: 'For example: --sort updated_at:asc',
  })
}

/** Normalises a column name as -c does: any case, `-` or `_`. Unknown names pass: a newer server may support them. */
function columnName(key: string): string {
  if (key.includes(','))
    throw new UsageError(`--sort: ${JSON.stringify(key)} is more than one column.`, { hint: ONE_KEY })
  const name = key.toLowerCase().replaceAll('-', '_')
  return SORT_KEYS.find((each) => each === name) ?? key
}
