import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

/** The promises of SECURITY.md: a list item ends with the file and the title of its test. */
const PROMISES = [...read('SECURITY.md').matchAll(/→\s+`([^`]+)`:\s+([^\n]+(?:\n {2}[^\n]+)*)/g)].map(
  ([, file = '', title = '']) => ({ file, title: title.replace(/\s+/g, ' ').trim() }),
)

it('SECURITY.md makes promises', () => expect(PROMISES.length).toBeGreaterThan(15))

it.each(PROMISES)('SECURITY.md: the test "$title" exists in $file', ({ file, title }) => {
  expect(existsSync(new URL(`../${file}`, import.meta.url))).toBe(true)
  expect(read(file)).toContain(title)
})
