import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { KNOWN_DIFFERENCES } from '../real/differential/known-differences.js'

test('docs/sandbox.md lists every known difference', async () => {
  const text = await readFile(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
  const [, section = ''] = text.split('These are the known differences:\n')
  const listed = section.split('\n').filter((line) => line.startsWith('- '))
  expect(listed).toEqual(KNOWN_DIFFERENCES.map(({ reason }) => `- ${reason}`))
})
