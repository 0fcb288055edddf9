import { ExactNumber, type JsonObject } from '../../src/http/json.js'
import { selectionOf } from '../../src/output/columns.js'
import {
  type Format,
  formatRow,
  formatRows,
  type ListWriter,
  listWriter,
  type OutputOptions,
} from '../../src/output/index.js'
import { selectTaskColumns } from '../../src/output/select-task-columns.js'
import { columnsOfTask, taskListColumns } from '../../src/output/task-columns.js'
import type { Task } from '../../src/tasks/task.js'

/** What a test wants differently. */
export interface Changes extends Partial<OutputOptions> {
  /** The values of -c. */
  columns?: string[] | undefined
  /** The tasks come from several clouds. */
  origin?: boolean
  /** A list with the details of its tasks. */
  long?: boolean
}

/** Output as into a pipe, with what a test wants differently. */
export function options({ columns, origin, long, ...changes }: Changes = {}): OutputOptions {
  return {
    indent: true,
    header: true,
    color: false,
    terminal: false,
    now: Date.parse('2026-11-23T18:12:25Z'),
    relativeTimes: false,
    ...changes,
  }
}

/** A writer for a list of tasks. */
export async function writerFor(format: Format, changes: Changes = {}): Promise<ListWriter> {
  const { columns, origin = false, long = false } = changes
  const chosen = selectTaskColumns(columns, { details: true })
  const selection = selectionOf(chosen, () => taskListColumns({ origin, details: long }))
  return listWriter(format, selection, options(changes))
}

/** A complete list, in pages of the given size. */
export async function list(format: Format, tasks: readonly Task[], changes: Changes = {}, page = 1000) {
  const writer = await writerFor(format, changes)
  let text = writer.begin()
  for (let start = 0; start < tasks.length; start += page) text += await writer.rows(tasks.slice(start, start + page))
  return text + writer.end()
}

/** One task. */
export async function one(format: Format, task: Task, changes: Changes = {}): Promise<string> {
  const chosen = selectTaskColumns(changes.columns, { details: true })
  return formatRow(
    format,
    task,
    selectionOf(chosen, () => columnsOfTask(task)),
    options(changes),
  )
}

/** Several tasks that were asked for one by one. */
export async function many(format: Format, tasks: readonly Task[], changes: Changes = {}): Promise<string> {
  const { columns, origin = false } = changes
  const chosen = selectTaskColumns(columns, { details: true })
  const selection = selectionOf(chosen, () => taskListColumns({ origin, details: true }))
  return formatRows(format, tasks, selection, options(changes))
}

/** An item of the server's list, as Glance 25 sends it. */
export function listed(changes: JsonObject = {}): Task {
  return {
    id: '72a7c77f-5e93-4d48-903b-f98a6f7ec65d',
    type: 'import',
    status: 'success',
    owner: '13d7bc3dd0584ff589dc7a6c2b7e386b',
    created_at: '2026-11-23T18:09:25Z',
    updated_at: '2026-11-23T18:09:26Z',
    self: '/v2/tasks/72a7c77f-5e93-4d48-903b-f98a6f7ec65d',
    schema: '/v2/schemas/task',
    expires_at: '2026-11-25T18:09:26Z',
    ...changes,
  }
}

/** A whole task, its keys in the server's order. */
export function whole(changes: JsonObject = {}): Task {
  return {
    id: '72a7c77f-5e93-4d48-903b-f98a6f7ec65d',
    input: { import_from: 'http://example.org/a.img', import_from_format: 'raw', image_properties: { name: 'a' } },
    type: 'import',
    status: 'success',
    owner: '13d7bc3dd0584ff589dc7a6c2b7e386b',
    message: '',
    result: { image_id: 'baaccf65-5fc4-4218-a4b6-79fffc6d643f' },
    expires_at: '2026-11-25T18:09:26Z',
    created_at: '2026-11-23T18:09:25Z',
    updated_at: '2026-11-23T18:09:26Z',
    self: '/v2/tasks/72a7c77f-5e93-4d48-903b-f98a6f7ec65d',
    schema: '/v2/schemas/task',
    request_id: 'req-f77d0c70-4a3c-4b3b-a12d-b5b5a5a5a5a5',
    user_id: '10cd9aedffb247b683415ebeb009028f',
    ...changes,
  }
}

/** The numbers that a JavaScript number would change. */
export const EXACT: JsonObject = {
  huge: new ExactNumber('123456789012345678901234567890'),
  beyond: new ExactNumber('1e400'),
  one: new ExactNumber('1.0'),
  minus: new ExactNumber('-0'),
}
