import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CloudSettings } from '../../src/config/settings.js'
import { type HttpClientOptions, httpClientFor } from '../../src/session/http-client.js'
import { TestClock } from '../helpers/clock.js'
import { closedPort } from '../helpers/closed-port.js'
import { cloudFolder } from '../helpers/cloud-folder.js'
import { hang, sandbox } from '../helpers/sandbox.js'
import { settingsWith } from '../helpers/settings.js'

const IMAGE = { interfaces: ['public'], serviceType: 'image' }

async function client(settings: Partial<CloudSettings>, options: Partial<HttpClientOptions> = {}) {
  const clock = new TestClock()
  const { environment } = cloudFolder()
  const http = await httpClientFor(settingsWith({}, settings), { clock, environment, userAgent: 'me/1', ...options })
  onTestFinished(() => http.close())
  return { http, clock, get: (url: string) => http.request({ method: 'GET', url: new URL(url) }) }
}

describe('a request is sent again', () => {
  test.each<[Partial<CloudSettings['image']>, number | undefined, { busy: number; refused: number }]>([
    [{}, undefined, { busy: 4, refused: 4 }],
    [{ statusRetries: 1 }, undefined, { busy: 1, refused: 1 }],
    [{ connectRetries: 1 }, undefined, { busy: 4, refused: 1 }],
    [{ statusRetries: 2, connectRetries: 0 }, undefined, { busy: 2, refused: 0 }],
    [{ statusRetries: 2, connectRetries: 3 }, 1, { busy: 1, refused: 1 }],
    [{ statusRetries: 2, connectRetries: 3 }, 0, { busy: 0, refused: 0 }],
  ])('as often as %j and the option %j specify', async (image, retries, times) => {
    const { url } = await sandbox({ script: () => ({ status: 503 }) })
    const { get, clock } = await client({ image: { ...IMAGE, ...image } }, { retries })
    await expect(get(url)).rejects.toMatchObject({ status: 503 })
    expect(clock.slept).toHaveLength(times.busy)
    await expect(get(`http://127.0.0.1:${await closedPort()}`)).rejects.toMatchObject({ code: 'connection' })
    expect(clock.slept).toHaveLength(times.busy + times.refused)
  })
})

test('the timeout of a request comes from the option, otherwise from the settings', async () => {
  const clock = new TestClock()
  const { url } = await sandbox({ script: () => hang(clock, 30_000) })
  const options = { clock, retries: 0 }
  await expect((await client({ timeout: 30_000 }, options)).get(url)).rejects.toThrow('30 s')
  await expect((await client({ timeout: 60_000 }, { ...options, requestTimeout: 20_000 })).get(url)).rejects.toThrow(
    '20 s',
  )
})

test('opening a connection has the timeout of the option', async () => {
  // It takes the connection, and never says a word of TLS.
  const server = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { get } = await client({}, { retries: 0, connectTimeout: 50, requestTimeout: 5000 })
  const { port } = server.address() as AddressInfo
  await expect(get(`https://127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'connection',
    reason: 'UND_ERR_CONNECT_TIMEOUT',
  })
})

test('it sends the User-Agent, and calls the observer', async () => {
  const cloud = await sandbox()
  const seen: string[] = []
  const observer = { onRequest: ({ url }: { url: URL }) => void seen.push(url.href) }
  await (await client({}, { observer })).get(`${cloud.url}/healthcheck`).catch(() => {})
  expect(cloud.asked[0]?.headers['user-agent']).toBe('me/1')
  expect(seen).toEqual([`${cloud.url}/healthcheck`])
})

test('a dispatcher of the caller sends the requests', async () => {
  const dispatcher = {
    dispatch() {
      throw new Error('asked')
    },
  }
  const { get } = await client({}, { dispatcher, retries: 0 })
  await expect(get(`http://127.0.0.1:${await closedPort()}`)).rejects.toMatchObject({
    cause: expect.objectContaining({ message: 'asked' }),
  })
})
