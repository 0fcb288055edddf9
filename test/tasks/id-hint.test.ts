import { expect, it } from 'vitest'
import { wrongIdHint } from '../../src/tasks/id-hint.js'

const ID = '72a7c77f-5e93-4d48-903b-f98a6f7ec65d'

it.each<[string, string | undefined]>([
  [ID, undefined],
  [ID.toUpperCase(), `Glance writes ids in lower case: ${ID}`],
  ['72a7', 'this has 4. Find it with: glance-tasks list -f value -c id | grep 72a7'],
  ['72A7C', 'this has 5. Find it with: glance-tasks list -f value -c id | grep 72a7c'],
  [ID.slice(0, 35), `this has 35. Find it with: glance-tasks list -f value -c id | grep ${ID.slice(0, 35)}`],
  // A word that begins with a dash is an option to grep.
  ['-72a7', 'grep ID'],
  ['72a', 'An id looks like'],
  [`${ID}0`, 'An id looks like'],
  [`0${ID}`, 'An id looks like'],
  [`x${ID.slice(1)}`, 'An id looks like'],
  ['my-task', 'An id looks like'],
  ['', 'An id looks like'],
  [ID.replaceAll('-', ''), 'this has 32.'],
])('%o', (id, hint) => {
  if (hint === undefined) expect(wrongIdHint(id)).toBeUndefined()
  else expect(wrongIdHint(id)).toContain(hint)
})
