import { expect, it } from 'vitest'
import type { Remedy } from '../../src/errors.js'
import { storedId, wrongIdHint } from '../../src/tasks/task-id.js'

const ID = '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'

it.each<[string, string | undefined, Remedy?]>([
  [ID, undefined],
  [ID.toUpperCase(), `Glance writes IDs in lower case: ${ID}`],
  ['72a7', 'this one has 4. Find it in the list of tasks.', { kind: 'find_task', part: '72a7' }],
  ['72A7C', 'this one has 5. Find it in', { kind: 'find_task', part: '72a7c' }],
  [ID.slice(0, 35), 'this one has 35. Find it in', { kind: 'find_task', part: ID.slice(0, 35) }],
  ['72a', 'A task ID looks like'],
  [`${ID}0`, 'A task ID looks like'],
  [`0${ID}`, 'A task ID looks like'],
  [`x${ID.slice(1)}`, 'A task ID looks like'],
  ['my-task', 'A task ID looks like', { kind: 'list_tasks' }],
  ['', 'A task ID looks like'],
  [ID.replaceAll('-', ''), 'this one has 32.'],
])('%o', (id, hint, remedy) => {
  if (hint === undefined) expect(wrongIdHint(id)).toBeUndefined()
  else expect(wrongIdHint(id)?.hint).toContain(hint)
  if (remedy) expect(wrongIdHint(id)?.remedy).toEqual(remedy)
})

it.each([
  [ID.toUpperCase(), ID],
  ['31471BF4C45D4FA4B54095D6D8EF366F', '31471bf4c45d4fa4b54095d6d8ef366f'],
  ['A'.repeat(64), 'a'.repeat(64)],
  ['72A7', '72A7'],
  ['My-Project', 'My-Project'],
  ['BADCAFE', 'BADCAFE'],
  ['', ''],
])('the ID %j is stored as %j', (given, stored) => {
  expect(storedId(given)).toBe(stored)
})
