import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runChild } from '../../src/cli/child/run-child.js'
import type { Context } from '../../src/cli/context.js'
import { Tasks } from '../../src/tasks/tasks.js'
import { folder, run } from '../helpers/cli.js'
import { cloud, INPUT } from '../helpers/command.js'
import { glance as glanceOf } from '../helpers/glance.js'

/** A signal may abort before anybody listens to it: then nothing is started, sent or asked. */

const ID = '11111111-1111-4111-8111-111111111111'
const input = ['--type', 'import', '--input', JSON.stringify(INPUT)]
const interrupted = () => AbortSignal.abort('SIGINT')

it.each([
  ['list'],
  ['list', '--long'],
  ['list', '--image', ID],
  ['list', '--all-regions'],
  ['get', ID],
  ['get', '1111'],
  ['get', '-'],
  ['create', ...input],
  ['create', ...input, '--wait'],
  ['create', '--type', 'import', '--input', '-'],
  ['retry', ID],
  ['wait', ID],
  ['wait', '--image', ID],
  ['doctor'],
])('%s %s %s sends nothing if the signal aborted before it starts', async (...argv) => {
  const { glance, box } = await cloud()
  const { status, stdout } = await glance(argv, { signal: interrupted() })
  expect({ status, stdout }).toEqual({ status: 130, stdout: expect.any(String) })
  expect(box.requests).toEqual([])
})

it('a child is not started if the signal aborted before', async () => {
  const cwd = await folder()
  const context = { stdin: {}, stderr: {}, cwd, signal: interrupted() } as unknown as Context
  const script = 'require("node:fs").writeFileSync("started", "")'
  const child = runChild(context, [process.execPath, '-e', script], { PATH: process.env.PATH })
  await expect(child).rejects.toMatchObject({ code: 'aborted' })
  await expect(access(join(cwd, 'started'))).rejects.toThrow()
})

it('sandbox -- CMD exits with 130, and does not run the command, if the signal aborted before', async () => {
  const cwd = await folder()
  await writeFile(join(cwd, 'script.js'), 'require("node:fs").writeFileSync("started", "")')
  const argv = ['sandbox', '--', process.execPath, 'script.js']
  expect(await run(argv, { cwd, signal: interrupted() })).toMatchObject({ status: 130 })
  await expect(access(join(cwd, 'started'))).rejects.toThrow()
})

it('sandbox without a command ends at once if the signal aborted before', async () => {
  expect(await run(['sandbox'], { signal: interrupted() })).toMatchObject({ status: 0 })
})

it('no method of the library sends a request if its signal aborted before', async () => {
  const { service, asked, clock } = await glanceOf()
  const tasks = new Tasks(service, clock)
  const signal = AbortSignal.abort('enough')
  const aborted = { code: 'aborted' }
  await expect(tasks.get('a', { signal })).rejects.toMatchObject(aborted)
  await expect(tasks.retry('a', { signal })).rejects.toMatchObject(aborted)
  await expect(tasks.list({ signal }).all()).rejects.toMatchObject(aborted)
  await expect(tasks.list({ signal, long: true }).all()).rejects.toMatchObject(aborted)
  await expect(tasks.list({ signal, imageId: 'a' }).all()).rejects.toMatchObject(aborted)
  await expect(tasks.create({ type: 'import', input: INPUT, signal })).rejects.toMatchObject(aborted)
  await expect(tasks.create({ type: 'import', requestId: 'req-1', signal })).rejects.toMatchObject(aborted)
  await expect(tasks.wait('a', { signal })).rejects.toMatchObject(aborted)
  expect(await tasks.waitMany(['a', 'b'], { signal })).toMatchObject({ error: aborted, running: ['a', 'b'] })
  expect(asked).toEqual([])
})
