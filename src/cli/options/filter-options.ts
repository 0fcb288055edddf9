import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.js'
import type { TaskFilter } from '../../tasks/list/filter.js'
import { TASK_STATUSES, TASK_TYPES, type TaskStatus } from '../../tasks/task.js'
import { storedId } from '../../tasks/task-id.js'
import { spelled } from './choices.js'
import { parseMoment } from './duration.js'
import { gather, once } from './option-values.js'

/** The options that filter tasks, as commander parses them. */
export interface FilterFlags {
  status?: string[]
  type?: string[]
  owner?: string
  image?: string
  requestId?: string
  userId?: string
  since?: string
  until?: string
}

/**
 * Adds the options that filter tasks to a command.
 *
 * @param since the default of --since, if it has one
 */
export function addFilterOptions(command: Command, since?: string): void {
  command
    .optionsGroup('Filters:')
    .addOption(
      new Option('--status <status>', 'filter by status (repeatable)').choices(TASK_STATUSES).argParser(gather),
    )
    .option('--type <type>', 'filter by type (repeatable): import, api_image_import or location_import', gather)
    .option('--owner <project>', 'filter by project ID or name', once('--owner'))
    .option('--image <image-id>', 'filter by image; needs no admin role', once('--image'))
    .option('--request-id <id>', 'filter by request ID', once('--request-id'))
    .option('--user-id <id>', 'filter by user ID', once('--user-id'))
    .option(
      '--since <when>',
      `created at or after this time: 2h (ago), 3d, 2026-11-23T18:00Z${since === undefined ? '' : `; default: ${since}`}`,
      once('--since'),
    )
    .option('--until <when>', 'created at or before this time', once('--until'))
}

/**
 * Converts the options to a filter of the library.
 *
 * @param now the current time, in milliseconds since the epoch
 * @throws UsageError
 */
export function taskFilter(flags: FilterFlags, now: number): TaskFilter {
  const { status, type, owner, image, requestId, userId, since, until } = flags
  const values = { '--type': type, '--owner': owner, '--image': image, '--request-id': requestId, '--user-id': userId }
  for (const [option, value] of Object.entries(values)) checkNotEmpty(option, value)
  return {
    status: status as TaskStatus[] | undefined,
    type: type?.map((each) => spelled(each, TASK_TYPES) ?? each),
    owner,
    imageId: image && storedId(image),
    requestId,
    userId: userId && storedId(userId),
    since: since === undefined ? undefined : parseMoment('--since', since, now),
    until: until === undefined ? undefined : parseMoment('--until', until, now),
  }
}

/**
 * Rejects empty values: to Glance they mean "none" or a value that does not exist.
 *
 * @throws UsageError
 */
export function checkNotEmpty(option: string, value: string | string[] | undefined): void {
  if (![value].flat().includes('')) return
  throw new UsageError(`${option} must not be empty.`, { hint: `Omit ${option} to list all tasks.` })
}
