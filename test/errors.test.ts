import { expect, it } from 'vitest'
import * as errors from '../src/errors.js'
import { GlanceTasksError, isGlanceTasksError, NotFoundError } from '../src/errors.js'

const CLASSES = Object.entries(errors).filter(
  (entry): entry is [string, typeof GlanceTasksError] =>
    typeof entry[1] === 'function' && (entry[1] === GlanceTasksError || entry[1].prototype instanceof GlanceTasksError),
)

it.each(CLASSES)('%s writes its name down itself', (name, ErrorClass) => {
  expect(Object.hasOwn(ErrorClass.prototype, 'name')).toBe(true)
  expect(ErrorClass.prototype.name).toBe(name)
  expect(Reflect.construct(ErrorClass, ['x', {}]).stack).toMatch(new RegExp(`^${name}: `))
})

it('finds the error classes', () => {
  expect(CLASSES.length).toBeGreaterThan(20)
})

it('isGlanceTasksError() recognises errors of another copy of the library, and nothing else', async () => {
  const another: string = '../src/errors.js?another-copy'
  const copy: typeof errors = await import(another)
  const error = new copy.NotFoundError('gone', { status: 404 })
  expect(error).not.toBeInstanceOf(NotFoundError)
  expect(error).not.toBeInstanceOf(GlanceTasksError)
  expect(isGlanceTasksError(error)).toBe(true)
  expect(isGlanceTasksError(new NotFoundError('gone', { status: 404 }))).toBe(true)
  for (const other of [new Error('x'), { code: 'not_found' }, null, undefined, 'x', 7, () => {}]) {
    expect(isGlanceTasksError(other)).toBe(false)
  }
})
