import { getEventListeners } from 'node:events'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { checkTls } from '../../src/doctor/network.js'
import { sandbox } from '../helpers/sandbox.js'

const INSECURE = { insecure: true }

it('does not open a TLS connection if the signal aborted before', async () => {
  const { url } = await sandbox({ tls: true })
  const handshake = checkTls(new URL(url), INSECURE, 5000, AbortSignal.abort('SIGINT'))
  await expect(handshake).rejects.toMatchObject({ code: 'aborted', cause: 'SIGINT' })
})

it('ends a handshake when the signal aborts, and leaves no listener', async () => {
  const controller = new AbortController()
  const silent = createServer(() => controller.abort()).listen(0, '127.0.0.1')
  onTestFinished(() => void silent.close())
  await new Promise((resolve) => silent.once('listening', resolve))
  const { port } = silent.address() as { port: number }
  const handshake = checkTls(new URL(`https://127.0.0.1:${port}`), INSECURE, 60_000, controller.signal)
  await expect(handshake).rejects.toMatchObject({ code: 'aborted' })
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})
