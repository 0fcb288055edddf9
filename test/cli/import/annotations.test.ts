import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { annotate, isInGitHub } from '../../../src/cli/import/annotations.js'

function printed(title: string, message: string, place: { file: string; line?: number; column?: number }): string {
  let text = ''
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  annotate({ stderr } as unknown as Context, title, message, place)
  return text
}

it('names the line of the file', () => {
  expect(printed('debian-13', 'The URL returns 404.', { file: 'ci/images.yaml', line: 12, column: 3 })).toBe(
    '::error file=ci/images.yaml,line=12,col=3,title=debian-13::The URL returns 404.\n',
  )
  expect(printed('a', 'b', { file: 'standard input' })).toBe('::error title=a::b\n')
})

it('escapes what would end or forge an annotation', () => {
  expect(printed('a,b:c%', '100 %\r\n::error::forged', { file: 'x:y,z', line: 1 })).toBe(
    '::error file=x%3Ay%2Cz,line=1,title=a%2Cb%3Ac%25::100 %25%0D%0A::error::forged\n',
  )
})

it.each([
  ['true', true],
  ['false', false],
  ['', false],
  [undefined, false],
])('GITHUB_ACTIONS=%s', (value, expected) => {
  expect(isInGitHub({ env: { GITHUB_ACTIONS: value } })).toBe(expected)
})
