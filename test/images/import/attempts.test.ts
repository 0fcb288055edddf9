import { describe, expect, it } from 'vitest'
import {
  AbortedError,
  apiErrorFor,
  ConnectionError,
  type GlanceTasksError,
  type ImportError,
} from '../../../src/errors.js'
import { jsonOf } from '../../../src/http/answer.js'
import { type Fetcher, fetcher } from '../../../src/http/transfer/download.js'
import { type NextAttempt, nextAttempt } from '../../../src/images/import/another-attempt.js'
import type { ImportEvent } from '../../../src/images/import/import-options.js'
import { data, importing, MISSING_SOURCE, URL_SOURCE, web } from '../../helpers/imports.js'
import { type ReceivedRequest, type ScriptedAnswer, withKeys } from '../../helpers/sandbox.js'
import { webServer } from '../../helpers/web-server.js'

/** Lets the first tasks of imports end in failure, as far as anybody can see. */
function firstTasksFail(count: number) {
  const failing = new Set<string>()
  return (asked: ReceivedRequest): ScriptedAnswer | undefined => {
    if (!/images\/[^/]+\/tasks$/.test(asked.path)) return undefined
    return {
      kind: 'change',
      change: (answer) => {
        const { tasks } = JSON.parse(`${answer.body}`)
        for (const task of tasks) {
          if (failing.size < count) failing.add(task.id)
          if (failing.has(task.id) && task.status === 'success')
            Object.assign(task, { status: 'failure', message: 'No.' })
        }
        return { ...answer, body: JSON.stringify({ tasks }) }
      },
    }
  }
}

describe('retryImport', () => {
  it('imports into the same record again, with growing pauses', async () => {
    const cloud = await importing()
    const error = (await cloud.fails({ source: MISSING_SOURCE, retryImport: 2 })) as ImportError
    expect(error).toMatchObject({ code: 'task_failed', isRecordKept: false })
    const start = 'POST /v2/images/ID/import'
    expect(cloud.changes()).toEqual(['POST /v2/images', start, start, start, 'DELETE /v2/images/ID'])
    expect(cloud.notices()).toEqual([
      expect.stringMatching(/failed: .* Importing again in 3 s\.$/),
      expect.stringMatching(/failed: .* Importing again in 6 s\.$/),
    ])
    expect(new Set(cloud.asked.map(({ path }) => /images\/([^/?]+)/.exec(path)?.[1]).filter(Boolean)).size).toBe(1)
  })

  it('follows the task of the new attempt, and not the failed one', async () => {
    const cloud = await importing()
    const error = (await cloud.fails({ source: MISSING_SOURCE, retryImport: 1 })) as ImportError
    const started = cloud.events.flatMap((event) => (event.event === 'started' ? event.taskId : []))
    expect(new Set(started).size).toBe(2)
    expect(error.taskId).toBe(started[1])
  })

  it.each([
    ['data', data('abc')],
    ['a URL', URL_SOURCE],
  ])('does not import %s again that have another checksum than expected', async (_, source) => {
    const cloud = await importing()
    const checksum = { algorithm: 'md5', hex: 'f'.repeat(32) }
    expect(await cloud.fails({ source, checksum, retryImport: 2 })).toMatchObject({ code: 'checksum' })
    expect(cloud.changes().filter((change) => /stage|import/.test(change))).toEqual([
      ...(source instanceof URL ? [] : ['PUT /v2/images/ID/stage']),
      ...(source instanceof URL ? ['POST /v2/images/ID/import'] : []),
    ])
  })

  it('does nothing for an import that succeeds', async () => {
    const cloud = await importing()
    await cloud.run({ source: URL_SOURCE, retryImport: 3 })
    expect(cloud.changes()).toEqual(['POST /v2/images', 'POST /v2/images/ID/import'])
  })

  it('makes another record if the failed one stays importing forever, and deletes that one', async () => {
    const cloud = await importing({ stores: ['broken', 'local'] })
    const error = (await cloud.fails({ source: data('abc'), retryImport: 1 })) as ImportError
    const records = cloud.events.flatMap((event) => (event.event === 'record' ? event.imageId : []))
    expect(new Set(records).size).toBe(2)
    expect(error).toMatchObject({ imageId: records[1], isRecordKept: false })
    expect(cloud.changes()).toEqual([
      'POST /v2/images',
      'PUT /v2/images/ID/stage',
      'POST /v2/images/ID/import',
      'DELETE /v2/images/ID',
      'POST /v2/images',
      'PUT /v2/images/ID/stage',
      'POST /v2/images/ID/import',
      'DELETE /v2/images/ID',
    ])
  })

  it('makes another record if the failed one stays locked though its task has ended', async () => {
    let locked: string | undefined
    const cloud = await importing({
      script: ({ method, path }) => {
        const id = /^\/v2\/images\/([^/]+)$/.exec(path)?.[1]
        if (method !== 'GET' || id === undefined) return undefined
        locked ??= id
        if (id !== locked) return undefined
        return {
          kind: 'change',
          change: (answer) => ({
            ...answer,
            body: JSON.stringify({ ...JSON.parse(`${answer.body}`), os_glance_import_task: 't' }),
          }),
        }
      },
    })
    await cloud.fails({ source: MISSING_SOURCE, retryImport: 1 })
    const start = 'POST /v2/images/ID/import'
    const [record, remove] = ['POST /v2/images', 'DELETE /v2/images/ID']
    expect(cloud.changes()).toEqual([record, start, remove, record, start, remove])
  })

  it('does not replace a record that is to be kept', async () => {
    const cloud = await importing({ stores: ['broken', 'local'] })
    const error = await cloud.fails({ source: data('abc'), retryImport: 1, keepFailed: true })
    expect(error).toMatchObject({ isRecordKept: true })
    expect(cloud.changes()).not.toContain('DELETE /v2/images/ID')
  })

  it('neither deletes nor replaces a record that existed before', async () => {
    const cloud = await importing({ stores: ['broken', 'local'] })
    const body = JSON.stringify({ name: 'one', disk_format: 'raw', container_format: 'bare' })
    const imageId = (jsonOf(await cloud.service.request({ method: 'POST', path: 'images', body })) as { id: string }).id
    const error = (await cloud.fails({ imageId, source: data('abc'), retryImport: 1 })) as ImportError
    expect(error).toMatchObject({ imageId, isRecordKept: true })
    expect(cloud.changes()).toEqual(['POST /v2/images', 'PUT /v2/images/ID/stage', 'POST /v2/images/ID/import'])
  })

  it('makes only one other record if each upload arrives damaged', async () => {
    let isUploaded = false
    const cloud = await importing({
      script: ({ method, path }) => {
        isUploaded ||= method === 'PUT'
        return method === 'GET' && isUploaded && /images\/[^/]+$/.test(path) ? withKeys({ size: 1 }) : undefined
      },
    })
    const error = (await cloud.fails({ source: data('abc') })) as GlanceTasksError
    expect(error.message).toBe('3 bytes were uploaded, but the server has 1.')
    const once = ['POST /v2/images', 'PUT /v2/images/ID/stage', 'DELETE /v2/images/ID']
    expect(cloud.changes()).toEqual([...once, ...once])
  })

  it('makes no other record if the failed one cannot be deleted, and names that one', async () => {
    const json = { message: 'It is protected.', code: '403 Forbidden', title: 'Forbidden' }
    const cloud = await importing({
      stores: ['broken', 'local'],
      script: ({ method }) => (method === 'DELETE' ? { status: 403, json } : undefined),
    })
    const error = (await cloud.fails({ source: data('abc'), retryImport: 1 })) as ImportError
    expect(error).toMatchObject({ imageId: cloud.imageId(), isRecordKept: true })
    expect(cloud.changes().filter((change) => change === 'POST /v2/images')).toHaveLength(1)
  })

  it('does not read a pipe again', async () => {
    const cloud = await importing({ stores: ['broken', 'local'] })
    await cloud.fails({ source: data('abc', { isRepeatable: false }), retryImport: 1 })
    expect(cloud.changes().filter((change) => change.startsWith('PUT'))).toHaveLength(1)
  })

  it.each([/images\/[^/]+$/, /images\/[^/]+\/tasks$/])(
    'throws the failure of the import, and not the failure of a later request to %s',
    async (route) => {
      let hasFailed = false
      const cloud = await importing({
        script: ({ method, path }) =>
          hasFailed && method === 'GET' && route.test(path)
            ? { status: 403, json: { message: 'No.', code: '403 Forbidden', title: 'Forbidden' } }
            : undefined,
      })
      const error = await cloud.fails({
        source: MISSING_SOURCE,
        retryImport: 1,
        onEvent: (event) => {
          if (event.event === 'notice') hasFailed = true
        },
      })
      expect(error).toMatchObject({ code: 'task_failed', isRecordKept: false })
    },
  )

  it('is interrupted in a pause: the record is deleted, because nothing is running', async () => {
    const controller = new AbortController()
    const cloud = await importing()
    const error = (await cloud.fails({
      source: MISSING_SOURCE,
      retryImport: 1,
      signal: controller.signal,
      onEvent: (event) => event.event === 'notice' && controller.abort(),
    })) as AbortedError
    expect(error).toBeInstanceOf(AbortedError)
    const imageId = cloud.imageId()
    expect(error.message).toBe(`Interrupted. The image record ${imageId} was deleted.`)
    expect(cloud.changes().at(-1)).toBe('DELETE /v2/images/ID')
  })
})

describe('fallback', () => {
  it.each<[string, GlanceTasksError, NextAttempt | undefined]>([
    ['the refusal of the service', apiErrorFor('No.', { status: 400 }), 'download'],
    ['the refusal of a proxy', apiErrorFor('No.', { status: 400, isFromService: false }), undefined],
    ['another refusal', apiErrorFor('No.', { status: 409 }), undefined],
  ])('after %s', (_, error, next) => {
    expect(nextAttempt(error, { retriesLeft: 1, canDownload: true, canReplace: true })).toBe(next)
  })

  const REFUSED = new URL('http://example.org:8080/image.raw')

  it.each([
    ['failed', MISSING_SOURCE],
    ['was refused', REFUSED],
  ])("downloads here what the server's own download %s for, and uploads it", async (_, source) => {
    const cloud = await importing()
    const { fetch, fetched } = web('abc')
    const { image } = await cloud.run({ source, fallback: 'local', fetch })
    expect(image).toMatchObject({ status: 'active', size: 3 })
    expect(cloud.notices().at(-1)).toMatch(/\w\. Downloading the image to this machine to upload it\.$/)
    expect(fetched.filter((each) => each.startsWith('GET http'))).toEqual([`GET ${source.href}`])
    expect(cloud.changes()).toEqual([
      'POST /v2/images',
      'POST /v2/images/ID/import',
      'PUT /v2/images/ID/stage',
      'POST /v2/images/ID/import',
    ])
    expect(cloud.to(`/v2/images/${image.id}/stage`)[0]?.headers['content-length']).toBe('3')
  })

  it('does not import the data that another client has uploaded to the record meanwhile', async () => {
    let first: string | undefined
    const cloud = await importing({
      script: ({ method, path }) => {
        const [, id, rest] = /\/v2\/images\/([^/]+)(\/import)?$/.exec(path) ?? []
        if (rest !== undefined) first ??= id
        if (method !== 'GET' || first === undefined || id !== first) return undefined
        return withKeys({ status: 'uploading', size: 5 })
      },
    })
    const { fetch } = web('abc')
    const { image } = await cloud.run({ source: REFUSED, fallback: 'local', fetch })
    expect(image).toMatchObject({ status: 'active', size: 3 })
    expect(image.id).not.toBe(first)
  })

  it('comes after the retries', async () => {
    const cloud = await importing()
    const { fetch } = web('abc')
    await cloud.run({ source: MISSING_SOURCE, fallback: 'local', retryImport: 1, fetch })
    expect(cloud.changes().filter((change) => change.endsWith('/import'))).toHaveLength(3)
  })

  it('verifies the checksum of what it uploads', async () => {
    const cloud = await importing()
    const { fetch } = web('abc')
    const checksum = { algorithm: 'sha256', hex: 'f'.repeat(64) }
    const error = await cloud.fails({ source: MISSING_SOURCE, fallback: 'local', fetch, checksum })
    expect(error).toMatchObject({ code: 'checksum', isRecordKept: false })
  })

  it('that is answered with an error closes every connection, and says what was answered', async () => {
    let closed = 0
    const { fetch, fetched } = web('gone', { status: 404, close: () => closed++ })
    const cloud = await importing()
    const error = (await cloud.fails({ source: MISSING_SOURCE, fallback: 'local', fetch })) as ImportError
    expect(error.message).toContain(`${MISSING_SOURCE.href} returns 404 to this machine.`)
    expect(closed).toBe(fetched.length)
  })

  it('that cannot download either names both reasons, and deletes the record', async () => {
    const cloud = await importing()
    const fetch: Fetcher = async () => {
      throw new ConnectionError('example.org cannot be reached.')
    }
    const error = (await cloud.fails({ source: MISSING_SOURCE, fallback: 'local', fetch })) as ImportError
    expect(error.message).toMatch(
      /Internal Error\. The download to this machine also failed: example\.org cannot be reached\.$/,
    )
    expect(error).toMatchObject({ code: 'task_failed', isRecordKept: false })
    const refused = await cloud.fails({ source: REFUSED, fallback: 'local', fetch })
    expect(refused).toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(/filtering: .* The download to this machine/),
    })
    expect(cloud.changes().filter((change) => change.startsWith('DELETE'))).toHaveLength(2)
  })

  it('closes the download if the data is not uploaded after all', async () => {
    // The checks before an import are answered. Only the download itself takes forever.
    const server = await webServer(({ method, headers }, response) => {
      response.setHeader('content-length', 50_000_000)
      if (method === 'HEAD') return response.end()
      if (headers.range === undefined) return response.write(Buffer.alloc(1_000_000))
      response.writeHead(206, { 'content-length': 1000, 'content-range': 'bytes 0-999/50000000' })
      return response.end(Buffer.alloc(1000))
    })
    let isDownloading = false
    const json = { message: 'No.', code: '403 Forbidden', title: 'Forbidden' }
    const cloud = await importing({
      script: ({ method, path }) =>
        isDownloading && method === 'GET' && /images\/[^/]+$/.test(path) ? { status: 403, json } : undefined,
    })
    const source = server.at('/image.raw')
    const fetch = fetcher({ userAgent: 'test' })
    const onEvent = ({ event, ...more }: ImportEvent) => {
      isDownloading ||=
        event === 'notice' &&
        'text' in more &&
        more.text.endsWith('Downloading the image to this machine to upload it.')
    }
    const error = await cloud.fails({ source, fallback: 'local', fetch, onEvent })
    // What was met first is what counts.
    expect(error).toMatchObject({ code: 'bad_request' })
    await server.idle()
  })

  it('takes an error status for no image', async () => {
    const cloud = await importing()
    const { fetch } = web('Not found', { status: 404 })
    const error = (await cloud.fails({ source: MISSING_SOURCE, fallback: 'local', fetch })) as ImportError
    expect(error.message).toContain('http://example.org/404 returns 404 to this machine.')
  })

  it('is not used if the server succeeds', async () => {
    const cloud = await importing()
    const { fetch, fetched } = web('abc')
    await cloud.run({ source: URL_SOURCE, fallback: 'local', fetch })
    expect(fetched.filter((each) => each.startsWith('GET http'))).toEqual([])
  })
})

it('an earlier failed attempt is not mistaken for the running one after a search', async () => {
  const cloud = await importing({ script: firstTasksFail(1) })
  const error = await cloud.fails({ source: URL_SOURCE, retryImport: 1 })
  // The image is active: the second import is refused, and its refusal is the end.
  expect(error).toMatchObject({ code: 'conflict' })
})
