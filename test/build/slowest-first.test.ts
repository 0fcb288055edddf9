import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { TestSpecification, Vitest } from 'vitest/node'
import { LARGE, SLOWEST, SlowestFirst } from '../helpers/slowest-first.js'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

it('every file that is named exists', () => {
  expect([...SLOWEST, ...LARGE].filter((path) => !existsSync(join(root, path)))).toEqual([])
})

it('slow files start early, and files that start programs before those that make a worker large', async () => {
  const project = { name: 'unit', config: { root, isolate: false, sequence: { groupOrder: 0 } } }
  const cache = { getFileTestResults: () => undefined, getFileStats: () => ({ size: 1 }) }
  const sequencer = new SlowestFirst({ config: project.config, cache } as unknown as Vitest)
  const [slower = '', slow = ''] = SLOWEST
  const [larger = '', large = ''] = LARGE
  const wanted = [
    slower,
    slow,
    'test/terminal/look.test.ts',
    larger,
    large,
    'test/amounts.test.ts',
    'test/real/faults.test.ts',
    'test/real/sandbox-speed.test.ts',
  ]
  const files = [...wanted].reverse().map((path) => ({ moduleId: join(root, path), project }))
  const sorted = await sequencer.sort(files as unknown as TestSpecification[])
  expect(sorted.map(({ moduleId }) => moduleId.slice(root.length + 1))).toEqual(wanted)
})
