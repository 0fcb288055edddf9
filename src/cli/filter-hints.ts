import { pastable } from '../shell-words.js'
import type { ListOptions } from '../tasks/list/list.js'
import { TASK_TYPES } from '../tasks/task.js'
import { meantBy } from './options/choices.js'

/** Warnings about task types that no version of Glance has. The server does not reject them. */
export function unknownTypes({ type = [] }: ListOptions): string[] {
  const known: readonly string[] = TASK_TYPES
  return [type]
    .flat()
    .filter((each) => !known.includes(each))
    .map((each) => {
      const meant = meantBy(each, known)
      const hint = meant === undefined ? `The known types are ${known.join(', ')}.` : `Did you mean "${meant}"?`
      return `Unknown task type ${JSON.stringify(each)}. ${hint}`
    })
}

// Keystone ids have 32 hexadecimal digits, or 64 for LDAP users. Imported ids may be UUIDs.
const KEYSTONE_ID = /^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

/** Likely mistakes in the filters of a list that is empty. */
export function reasonsForNothing({ userId, requestId, imageId }: ListOptions): string[] {
  const reasons: string[] = []
  if (userId !== undefined && !KEYSTONE_ID.test(userId)) {
    reasons.push(
      `No task found. --user-id expects a user ID, not a name: openstack user show ${pastable(userId, 'NAME')} -f value -c id`,
    )
  }
  if (requestId !== undefined && !requestId.startsWith('req-')) {
    reasons.push('No task found. --request-id expects a request ID, which starts with req-')
  }
  if (imageId !== undefined) {
    reasons.push(
      'No task found. --image does not find tasks of type import, because only their result contains the image ID. ' +
        `An administrator can find them with: glance-tasks list --type import --long -f jsonl | jq 'select(.result.image_id == "${pastable(imageId, 'IMAGE_ID')}")'`,
    )
  }
  return reasons
}
