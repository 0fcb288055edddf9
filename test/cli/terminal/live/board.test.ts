import { expect, it } from 'vitest'
import { Board } from '../../../../src/cli/terminal/live/board.js'
import type { Task } from '../../../../src/tasks/task.js'

const task = (id: string, status = 'pending') => ({ id, status }) as Task
const idsOf = (board: Board) => board.rows().map(({ task }) => task.id)

it('a board forgets all tasks but those that are watched', () => {
  const board = new Board()
  for (const id of ['a', 'b', 'c']) board.put(task(id))
  board.keepOnly([task('c'), task('a')])
  expect(idsOf(board)).toEqual(['a', 'c'])
  board.keepOnly([task('a'), task('c')])
  expect(idsOf(board)).toEqual(['a', 'c'])
  board.keepOnly([])
  expect(idsOf(board)).toEqual([])
})
