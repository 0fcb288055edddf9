import { pastable } from '../shell-words.js'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What is wrong with the form of a task id that the server does not find; undefined when it looks like an id. */
export function wrongIdHint(id: string): string | undefined {
  if (ID.test(id)) return undefined
  const lower = id.toLowerCase()
  if (ID.test(lower)) return `Glance writes ids in lower case: ${lower}`
  if (/^[0-9a-f-]{4,35}$/.test(lower)) {
    return `An id has 36 characters, and this has ${id.length}. Find it with: glance-tasks list -f value -c id | grep ${pastable(lower, 'ID')}`
  }
  return 'An id looks like 72a7c77f-5e93-4d48-903b-f98a6f7ec65d. See which there are with: glance-tasks list'
}
