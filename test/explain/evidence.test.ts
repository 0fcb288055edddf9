import { describe, expect, it } from 'vitest'
import { evidenceOf } from '../../src/explain/evidence.js'
import { storeRecordsOf } from '../../src/explain/facts.js'
import type { Task } from '../../src/tasks/task.js'

const task = (id: string, created_at: string, status = 'failure'): Task => ({
  id,
  type: 'api_image_import',
  status,
  owner: 'p',
  created_at,
  updated_at: created_at,
})

describe('other tasks of an image', () => {
  const [early, middle, late] = ['2026-11-23T10:00:00Z', '2026-11-23T11:00:00Z', '2026-11-23T12:00:00Z'] as const

  it.each<[string, Task[], string[]]>([
    ['an older one', [task('b', early)], []],
    ['the task itself', [task('a', middle)], []],
    ['a newer one', [task('b', late)], ['the newest task of the image, b, ended with failure']],
    ['one that runs', [task('b', late, 'pending'), task('c', early)], ['the newest task of the image, b, is pending']],
  ])('%s', (_, others, details) => {
    const evidence = evidenceOf({ task: task('a', middle), others })
    expect(evidence.filter(({ what }) => what === 'other task').map(({ detail }) => detail)).toEqual(details)
  })
})

it('only active images show what their stores did', () => {
  const images = ['active', 'queued'].map((status) => ({
    id: status,
    status,
    stores: 'a',
    os_glance_failed_import: 'a,b',
  }))
  expect(storeRecordsOf(['a', 'b', 'c'], images)).toEqual([
    { id: 'a', images: 1, failures: 1 },
    { id: 'b', images: 0, failures: 1 },
    { id: 'c', images: 0, failures: 0 },
  ])
})
