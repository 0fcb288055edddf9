import { ExactNumber, type JsonObject } from '../../src/http/json.js'
import { type Format, formatMany, formatOne, listWriter, type OutputOptions } from '../../src/output/index.js'
import type { Task } from '../../src/tasks/task.js'

/** Output as into a pipe, with what a test wants differently. */
export function options(changes: Partial<OutputOptions> = {}): OutputOptions {
  return {
    indent: true,
    header: true,
    color: false,
    terminal: false,
    now: Date.parse('2026-11-23T18:12:25Z'),
    relativeTimes: false,
    origin: false,
    long: false,
    ...changes,
  }
}

/** A whole list, its tasks handed over in pages of the given size. */
export async function list(format: Format, tasks: readonly Task[], changes: Partial<OutputOptions> = {}, page = 1000) {
  const writer = await listWriter(format, options(changes))
  let text = writer.begin()
  for (let start = 0; start < tasks.length; start += page) text += await writer.rows(tasks.slice(start, start + page))
  return text + writer.end()
}

/** One task. */
export function one(format: Format, task: Task, changes: Partial<OutputOptions> = {}): Promise<string> {
  return formatOne(format, task, options(changes))
}

/** Several tasks that were asked for one by one. */
export function many(format: Format, tasks: readonly Task[], changes: Partial<OutputOptions> = {}): Promise<string> {
  return formatMany(format, tasks, options(changes))
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
