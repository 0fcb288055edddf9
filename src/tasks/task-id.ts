import type { Advice } from '../errors.js'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A key that is equal for all spellings of an id. Servers may match ids in any letter case. */
export function idKey(id: string): string {
  return id.toLowerCase()
}

/** What is wrong with the form of a task id that the server does not find; undefined when it looks like an id. */
export function wrongIdHint(id: string): Advice | undefined {
  if (ID.test(id)) return undefined
  const lower = id.toLowerCase()
  if (ID.test(lower)) return { hint: `Glance writes ids in lower case: ${lower}` }
  if (/^[0-9a-f-]{4,35}$/.test(lower)) {
    return {
      hint: `An id has 36 characters, and this has ${id.length}. Find it in the list of tasks.`,
      remedy: { kind: 'find_task', part: lower },
    }
  }
  return {
    hint: 'An id looks like 72a7c77f-5e93-4d48-903b-f98a6f7ec65d. List the tasks that are there.',
    remedy: { kind: 'list_tasks' },
  }
}
