import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { TestSpecification, Vitest } from 'vitest/node'
import { SLOWEST, SlowestFirst } from '../helpers/slowest-first.js'

const root = new URL('../..', import.meta.url)

it('every file that is named as slow exists', () => {
  expect(SLOWEST.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
})

it('the slowest files start first, in their order', async () => {
  const project = { name: 'unit', config: { root: '/test/clone', isolate: false, sequence: { groupOrder: 0 } } }
  const cache = { getFileTestResults: () => undefined, getFileStats: () => ({ size: 1 }) }
  const sequencer = new SlowestFirst({ config: project.config, cache } as unknown as Vitest)
  const [slower = '', slow = ''] = SLOWEST
  const [late, last] = ['test/real/faults.test.ts', 'test/real/sandbox-speed.test.ts']
  const files = [last, late, 'test/a.test.ts', slow, 'test/b.test.ts', slower].map((path) => ({
    moduleId: `/test/clone/${path}`,
    project,
  }))
  const sorted = await sequencer.sort(files as unknown as TestSpecification[])
  expect(sorted.map(({ moduleId }) => moduleId.slice('/test/clone/'.length))).toEqual([
    slower,
    slow,
    'test/a.test.ts',
    'test/b.test.ts',
    late,
    last,
  ])
})
