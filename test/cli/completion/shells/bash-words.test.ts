import { describe, expect, it } from 'vitest'
import { startingWith } from '../../../../src/cli/completion/offer.js'
import { bash } from '../../../../src/cli/completion/shells/bash.js'
import { readBashLine } from '../../../../src/cli/completion/shells/bash-words.js'

describe('a command line of bash', () => {
  it.each([
    [String.raw`g list "a\"b\$c\d`, String.raw`a"b$c\d`],
    [String.raw`g list 'a\"b`, String.raw`a\"b`],
    [String.raw`g list a\"b`, 'a"b'],
  ])('%s has the word %s', (text, word) => {
    expect(readBashLine(text).current).toBe(word)
  })
})

it('candidates begin with the text as it was typed, otherwise in any letter case', () => {
  const names = (text: string) => startingWith([{ value: 'Prod' }, { value: 'prod' }], text).map(({ value }) => value)
  expect(names('p')).toEqual(['prod'])
  expect(names('PR')).toEqual(['Prod', 'prod'])
})

it.each([
  [['sha256:', 'md5:'], 'nospace'],
  [['sha256:', 'md5'], 'values'],
])('for %j, bash writes a space after the only candidate, if the word does not go on', async (values, kind) => {
  const candidates = values.map((value) => ({ value }))
  const answer = await bash.answer(['9', '80', '', '--', 'g import '], async () => ({
    kind: 'values',
    head: '',
    candidates,
  }))
  expect(answer.split('\n')[0]).toBe(kind)
})
