import { expect, it } from 'vitest'
import type { Image } from '../../../src/images/image.js'
import { checkResult } from '../../../src/images/import/import-result.js'
import type { Task } from '../../../src/tasks/task.js'
import { TestClock } from '../../helpers/clock.js'
import { memoryService } from '../../helpers/memory-service.js'

/** The result of a task that succeeded, for these stores. */
function resultOf(backend: unknown, image: Partial<Image>, allowPartial = false) {
  return resultOfTask({ id: 't', status: 'success', input: { backend } } as unknown as Task, image, allowPartial)
}

function resultOfTask(task: Task, image: Partial<Image> = {}, allowPartial = false) {
  const run = { service: memoryService(() => ({})), clock: new TestClock(), options: { allowPartial } }
  const seen = { id: 'i', status: 'active', ...image }
  return checkResult({ ...run, signal: undefined, emit: () => {} }, { task, image: seen }, { isVerified: true })
}

it('the error of a failed import has the beginning of a long reason', async () => {
  const task = { id: 't', status: 'failure', message: 'long '.repeat(200_000) } as unknown as Task
  const error = await resultOfTask(task).catch(({ message }) => message)
  expect(error).toMatch(/^The import of image i failed: (long ?)+\.\.\.$/)
  expect(error.length).toBeLessThan(2100)
})

it.each<[string, unknown, Partial<Image>, string[]]>([
  ['no store, if all have it', ['a', 'b'], { stores: 'a,b' }, []],
  ['a store that the image does not list', ['a', 'b'], { stores: 'a' }, ['b']],
  ['a store that failed', ['a', 'b'], { stores: 'a,b', os_glance_failed_import: 'b' }, ['b']],
  ['no store that failed in an earlier import', ['a'], { stores: 'a', os_glance_failed_import: 'c' }, []],
  ['every store that failed, if the task names none', [null], { os_glance_failed_import: 'c' }, ['c']],
  ['no store on a cloud with a single one', [null], {}, []],
])('the result of an import lacks %s', async (_, backend, image, missing) => {
  const { warnings } = await resultOf(backend, image, true)
  expect(warnings).toEqual(missing.map((store) => `The store ${store} does not have image i.`))
  const strict = resultOf(backend, image)
  if (missing.length === 0) expect((await strict).warnings).toEqual([])
  else await expect(strict).rejects.toThrow(`but not for all stores: ${missing.join(', ')}.`)
})
