import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runChild } from '../../../src/cli/child/run-child.js'
import type { Context } from '../../../src/cli/context.js'
import { folder } from '../../helpers/cli.js'
import { needsPosix } from '../../helpers/platform.js'

needsPosix('signals that other processes send')

/** A command that reports its signals over a socket, and ends shortly after SIGTERM. */
const COMMAND = `
  const socket = require('node:net').connect({ path: process.argv[1], allowHalfOpen: true })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => socket.write(signal + ' '))
  socket.on('end', () => setTimeout(() => process.exit(7), 200))
  socket.write('ready ')`

async function started(streams: Partial<Record<'stdin' | 'stderr', object>> & { platform?: NodeJS.Platform }) {
  const path = join(await folder(), 'socket')
  const server = createServer({ allowHalfOpen: true }).listen(path)
  await once(server, 'listening')
  const controller = new AbortController()
  const context = {
    stdin: {},
    stderr: {},
    cwd: '/',
    platform: 'linux',
    ...streams,
    signal: controller.signal,
  } as unknown as Context
  const status = runChild(context, [process.execPath, '-e', COMMAND, path], { PATH: process.env.PATH })
  const [socket] = await once(server, 'connection')
  server.close()
  let said = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const says = async (text: string) => {
    while (!said.includes(text)) await once(socket, 'data')
  }
  await says('ready')
  return { context, controller, socket, says, said: () => said, status }
}

const TERMINAL = { isTTY: true }

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('passes %s on where there is no terminal', async (signal) => {
  const { controller, socket, says, status } = await started({})
  controller.abort(signal)
  await says(signal)
  socket.end()
  expect(await status).toBe(7)
})

it.each([
  ['SIGINT', { stdin: TERMINAL }],
  ['SIGHUP', { stderr: TERMINAL }],
])('does not pass %s on that a terminal sends to both', async (signal, streams) => {
  const { controller, socket, said, status } = await started(streams)
  controller.abort(signal)
  socket.end()
  expect(await status).toBe(7)
  expect(said()).toBe('ready ')
})

it('passes SIGTERM on, which no terminal sends', async () => {
  const { controller, socket, says, status } = await started({ stdin: TERMINAL, stderr: TERMINAL })
  controller.abort('SIGTERM')
  await says('SIGTERM')
  socket.end()
  expect(await status).toBe(7)
})

it.each(['SIGINT', 'SIGBREAK', 'SIGHUP'])('does not pass %s on under Windows, where it would kill', async (signal) => {
  // Windows paths do not exist here: the child is started as on Linux, and then the platform changes.
  const streams = { platform: 'linux' as NodeJS.Platform }
  const { controller, socket, said, status, context } = await started(streams)
  context.platform = 'win32'
  controller.abort(signal)
  socket.end()
  expect(await status).toBe(7)
  expect(said()).toBe('ready ')
})

it('a command that the system refuses is an error with its reason', async () => {
  const context = { stdin: {}, stderr: {}, cwd: '/', platform: 'linux', signal: new AbortController().signal }
  const command = [process.execPath, 'x'.repeat(10_000_000)]
  await expect(runChild(context as unknown as Context, command, {})).rejects.toMatchObject({
    code: 'command',
    message: `${process.execPath} cannot be run (E2BIG).`,
  })
})
