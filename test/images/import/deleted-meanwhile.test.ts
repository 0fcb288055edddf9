import { expect, it } from 'vitest'
import { AbortedError, ImportError, NotFoundError, UnknownOutcomeError } from '../../../src/errors.js'
import { data, type Importing, importing, URL_SOURCE } from '../../helpers/imports.js'
import { login, type ReceivedRequest, type ScriptedAnswer, send } from '../../helpers/sandbox.js'

/** A cloud in which another client deletes the image once, before or after it gets a certain request. */
async function deleting(isIt: (asked: ReceivedRequest) => boolean, when: 'before' | 'after'): Promise<Importing> {
  let isDone = false
  const script = async (asked: ReceivedRequest): Promise<ScriptedAnswer | undefined> => {
    if (isDone || !isIt(asked)) return undefined
    isDone = true
    const remove = async () => {
      const image = /images\/[\da-f-]{36}/.exec(asked.path)?.[0]
      const { status } = await send(`${cloud.imageUrl}/v2/${image}`, { method: 'DELETE', token })
      expect(status).toBe(204)
    }
    if (when === 'after') return { kind: 'change', change: async (answer) => remove().then(() => answer) }
    return remove().then(() => undefined)
  }
  const cloud = await importing({ taskDuration: 3_600_000, script })
  const token = await login(cloud, 'demo')
  return cloud
}

const isUpload = ({ method }: ReceivedRequest) => method === 'PUT'
const isStart = ({ method, path }: ReceivedRequest) => method === 'POST' && path.endsWith('/import')
const isSearch = ({ method, path }: ReceivedRequest) => method === 'GET' && path.endsWith('/tasks')

it.each([
  ['before its upload', isUpload, 'before'],
  ['after its upload', isUpload, 'after'],
  ['before the start of its import', isStart, 'before'],
] as const)('a new image that somebody deletes %s is said to be deleted', async (_, isIt, when) => {
  const cloud = await deleting(isIt, when)
  const error = (await cloud.fails({ source: data() })) as NotFoundError
  expect(error).toBeInstanceOf(NotFoundError)
  expect(error.message).toBe(`Image ${cloud.imageId()} was deleted during the import.`)
  expect(error.hint).toBe('Another client deleted it. Import the image again.')
})

it.each([
  ['after the start of its import', isStart, 'after'],
  ['before its task is found', isSearch, 'before'],
] as const)('so is one that is deleted %s', async (_, isIt, when) => {
  const cloud = await deleting(isIt, when)
  const error = (await cloud.fails({ source: data() })) as ImportError
  expect(error).toBeInstanceOf(ImportError)
  expect(error).toMatchObject({ code: 'task_failed', isRecordKept: false, remedy: undefined })
  expect(error.message).toBe(`Image ${cloud.imageId()} was deleted during the import.`)
})

it('an image that the user named and that does not exist is not said to be deleted', async () => {
  const cloud = await importing()
  const imageId = '00000000-0000-4000-8000-000000000000'
  const error = (await cloud.fails({ imageId, source: data() })) as NotFoundError
  expect(error).toBeInstanceOf(NotFoundError)
  expect(error.message).toBe(`No image found with ID ${imageId}`)
  expect(error.hint).toBe(
    'Check the ID. If the ID comes from an interrupted import, the record was not created. Start a new import.',
  )
})

it.each([
  ['an interruption', AbortedError, true],
  ['a failure', UnknownOutcomeError, false],
] as const)('%s of the last check of the image does not count as a deletion', async (_, expected, isInterrupted) => {
  const controller = new AbortController()
  let isStarted = false
  const cloud = await importing({
    script: (asked) => {
      isStarted ||= isStart(asked)
      if (!isStarted || asked.method !== 'GET') return undefined
      if (isSearch(asked)) return { json: { tasks: [] } }
      if (isInterrupted) controller.abort()
      return isInterrupted
        ? 'hang'
        : { status: 403, json: { message: 'No.', code: '403 Forbidden', title: 'Forbidden' } }
    },
  })
  expect(await cloud.fails({ source: URL_SOURCE, signal: controller.signal })).toBeInstanceOf(expected)
  expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
})
