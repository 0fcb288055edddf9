import { expect, it } from 'vitest'
import {
  type Connection,
  type ConnectOptions,
  type ErrorCode,
  formatJson,
  type ImportInput,
  type SortKey,
  type TaskType,
} from '../../src/index.js'

// What the compiler finds, which checks this file as it checks all: where a line marked @ts-expect-error is right after
// all, that is an error of its own.

const image = { disk_format: 'qcow2', container_format: 'bare' }
const right: ImportInput = { import_from: 'http://h/i', import_from_format: 'qcow2', image_properties: image }

async function compiledAlone(
  { tasks, images, service }: Connection,
  options: ConnectOptions,
  code: ErrorCode,
): Promise<void> {
  await tasks.create({ type: 'import', input: right })
  await tasks.create({ type: 'import', input: { ...right, image_properties: { ...image, os_distro: 'debian' } } })
  await tasks.create({ type: 'import' })
  await tasks.create({ type: 'a newer one', input: { anything: [1, { at: 'all' }] } })
  await tasks.create({ type: 'import' as string, input: { anything: true } })

  await tasks.create({ type: 'import', input: { ...right, image_properties: { ...image, name: undefined } } })

  // @ts-expect-error a typo in the name of a key
  await tasks.create({ type: 'import', input: { ...right, import_fromat: 'qcow2' } })
  // @ts-expect-error a key that is missing
  await tasks.create({ type: 'import', input: { import_from: 'http://h/i', image_properties: image } })
  const slip = { disk_fromat: 'raw', container_format: 'bare' }
  // @ts-expect-error a typo in the name of a property that is needed
  await tasks.create({ type: 'import', input: { ...right, image_properties: slip } })
  // @ts-expect-error a visibility that there is not
  await tasks.create({ type: 'import', input: { ...right, image_properties: { ...image, visibility: 'hidden' } } })
  // @ts-expect-error no type
  await tasks.create({ input: right })

  options.settings = { 'auth.username': 'demo', api_timeout: 5, insecure: true }
  // @ts-expect-error a typo in a path
  options.settings = { 'auth.usrname': 'demo' }
  // @ts-expect-error nested
  options.settings = { auth: { username: 'demo' } }

  // @ts-expect-error no such code
  if (code === 'notfound') throw new Error()
  if (code === 'not_found') throw new Error()

  // @ts-expect-error no such status
  tasks.list({ status: 'failed' })
  tasks.list({ type: 'import', sortKey: 'updated_at' })
  tasks.list({ type: ['import', 'a newer one'], sortKey: 'a column' })

  // @ts-expect-error the name in connect() and the methods is requestTimeout
  await tasks.get('id', { timeout: 5 })
  const { data, response } = await tasks.get('id', { requestTimeout: 5, retries: 0 }).withResponse()
  const types: [string, number] = [data.id, response.status]
  const known: [TaskType, SortKey] = ['import', 'created_at']
  // @ts-expect-error only what is known
  known[0] = 'improt'
  void types

  const found = await images.get('id')
  const kept: [string[]?, boolean?, number?] = [found.tags ?? [], found.protected ?? false, found.min_disk ?? 0]
  void kept
  const texts: string[] = [formatJson(data, 2), formatJson([data]), formatJson({ found })]
  const [body] = texts
  await service.request({ method: 'POST', path: 'tasks', body, headers: undefined, retry: undefined, json: undefined })
}

it('compiles', () => {
  expect(compiledAlone).toBeTypeOf('function')
})
