import { expect, it } from 'vitest'
import { pastable } from '../src/shell-words.js'

it.each(['13049811-e588-4832-9548-302934820394', 'api_image_import', 'prod.eu-1', 'req-1', 'user@domain', 'a:b'])(
  'lets %j stand',
  (text) => {
    expect(pastable(text, 'ID')).toBe(text)
  },
)

it.each([
  '',
  '$(reboot)',
  'a b',
  'a;b',
  "a'b",
  'a`b`',
  '-rf',
  '--help',
  '~',
  '*',
  'a\nb',
  'a|b',
  'ä',
  '\u001b[31m',
  'a/../b',
])('replaces %j by a placeholder', (text) => {
  expect(pastable(text, 'ID')).toBe('ID')
})
