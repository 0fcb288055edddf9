import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { MEANT } from '../real/differential/known-differences.js'

test('docs/sandbox.md tells every difference that is meant', async () => {
  const text = await readFile(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
  const told = text.split('\n').filter((line) => line.startsWith('- '))
  expect(told).toEqual(MEANT.map(({ reason }) => `- ${reason}`))
})
