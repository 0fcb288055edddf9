import type { Advice } from '../errors.js'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A key that is equal for all spellings of an ID. Servers may match IDs in any letter case. */
export function idKey(id: string): string {
  return id.toLowerCase()
}

/**
 * An ID as OpenStack stores it: a complete UUID, or another ID of 32 or 64 hexadecimal digits, in lower case. Some databases
 * distinguish letter case. Other text is returned unchanged.
 */
export function storedId(id: string): string {
  const lower = id.toLowerCase()
  return ID.test(lower) || /^([0-9a-f]{32}){1,2}$/.test(lower) ? lower : id
}

/** Whether a text has the form of the IDs of tasks and images. */
export function isUuid(text: string): boolean {
  return ID.test(text.toLowerCase())
}

/** A hint for a task ID that the server does not find. Undefined if the ID looks valid. */
export function wrongIdHint(id: string): Advice | undefined {
  if (ID.test(id)) return undefined
  const lower = id.toLowerCase()
  if (ID.test(lower)) return { hint: `Glance writes IDs in lower case: ${lower}` }
  if (/^[0-9a-f-]{4,35}$/.test(lower)) {
    return {
      hint: `A task ID has 36 characters, and this one has ${id.length}. Find it in the list of tasks.`,
      remedy: { kind: 'find_task', part: lower },
    }
  }
  return {
    hint: 'A task ID looks like 72a7c77f-5e93-4d48-903b-f98a6f7ec65d. List the existing tasks.',
    remedy: { kind: 'list_tasks' },
  }
}
