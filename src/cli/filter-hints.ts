import { didYouMean } from '../nearest.js'
import { pastable } from '../shell-words.js'
import type { ListOptions } from '../tasks/list/list.js'
import { TASK_TYPES } from '../tasks/task.js'

/** What looks like a mistake in a filter although no server refuses it: a type that Glance has never had. */
export function unknownTypes({ type = [] }: ListOptions): string[] {
  const known: readonly string[] = TASK_TYPES
  return [type]
    .flat()
    .filter((each) => !known.includes(each))
    .map((each) => {
      const meant = didYouMean(each, known) ?? `The known types are ${known.join(', ')}.`
      return `${JSON.stringify(each)} is not a type of task that Glance is known to have. ${meant}`
    })
}

// Keystone makes ids of 32 hexadecimal digits, of 64 for users of LDAP, and imports UUIDs of other sources.
const KEYSTONE_ID = /^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

/** Why a list may be empty although its filters look as if something should match. */
export function reasonsForNothing({ owner, userId, requestId, imageId }: ListOptions): string[] {
  const reasons: string[] = []
  if (owner !== undefined && !KEYSTONE_ID.test(owner)) reasons.push(notAnId('--owner', 'project', owner))
  if (userId !== undefined && !KEYSTONE_ID.test(userId)) reasons.push(notAnId('--user-id', 'user', userId))
  if (requestId !== undefined && !requestId.startsWith('req-')) {
    reasons.push('nothing found. --request-id takes the id of a request, which begins with req-')
  }
  if (imageId !== undefined) {
    reasons.push(
      'nothing found. A task of type import is not listed under the image that it makes: only its result names the image. ' +
        `An administrator finds it with: glance-tasks list --type import --long -f jsonl | jq 'select(.result.image_id == "${pastable(imageId, 'IMAGE_ID')}")'`,
    )
  }
  return reasons
}

function notAnId(option: string, kind: string, value: string): string {
  return `nothing found. ${option} takes the ID of a ${kind}, not its name: openstack ${kind} show ${pastable(value, 'NAME')} -f value -c id`
}
