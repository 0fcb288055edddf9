import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { fileFault } from '../src/file-fault.js'

it.each([
  ['EPERM', 'permission denied'],
  ['EBUSY', 'another program uses it'],
  ['EMFILE', 'this program has too many open files'],
  ['ENOSPC', 'no space left on the device'],
  ['EROFS', 'the file system is read-only'],
])('%s is said in words', (code, words) => {
  expect(fileFault(Object.assign(new Error(`${code}: text, open '/file'`), { code }))).toBe(words)
})

it('the error of another context is understood, as Node’s are in Jest', () => {
  expect(fileFault(runInNewContext("Object.assign(new Error('text'), { code: 'EROFS' })"))).toBe(
    'the file system is read-only',
  )
})

it.each(["EXDEV: text, rename '/file'", 'it belongs to another user'])(
  'an unusual fault keeps its message: %s',
  (text) => {
    expect(fileFault(new Error(text))).toBe(text)
  },
)
