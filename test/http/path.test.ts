import { expect, it } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { path } from '../../src/http/path.js'

it.each([
  ['a', 'tasks/a/x'],
  ['a/b', 'tasks/a%2Fb/x'],
  ['a?b#c', 'tasks/a%3Fb%23c/x'],
  ['...', 'tasks/.../x'],
  ['.a', 'tasks/.a/x'],
  ['é😀', 'tasks/%C3%A9%F0%9F%98%80/x'],
  ['%2e%2e', 'tasks/%252e%252e/x'],
])('%j is one segment', (id, built) => {
  expect(path`tasks/${id}/x`).toBe(built)
})

it('several values each keep their place', () => {
  expect(path`${'a'}/b/${'c/d'}`).toBe('a/b/c%2Fd')
  expect(path`tasks`).toBe('tasks')
})

it.each(['', '.', '..', '\ud800', 'a\udc00'])('%j is refused, and named', (id) => {
  expect(() => path`tasks/${id}`).toThrow(UsageError)
  expect(() => path`tasks/${id}`).toThrow(JSON.stringify(id))
})

it('the error has a hint', () => {
  expect(() => path`tasks/${'..'}`).toThrow(expect.objectContaining({ hint: expect.stringContaining('ID') }))
})
