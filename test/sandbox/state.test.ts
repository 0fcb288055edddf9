import { appendFile, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigurationError } from '../../src/errors.js'
import { startSandbox } from '../../src/sandbox/index.js'
import { folder } from '../helpers/cli.js'
import { TestClock } from '../helpers/clock.js'
import { IS_WINDOWS } from '../helpers/platform.js'
import { createTask, IMPORT, login, sandbox, send } from '../helpers/sandbox.js'

async function newFile(): Promise<string> {
  return join(await folder(), 'state')
}

async function tasksOf(options: object) {
  const cloud = await startSandbox(options)
  const { json } = await send(`${cloud.imageUrl}/v2/tasks?limit=1000`, { token: await login(cloud) })
  await cloud.close()
  return json.tasks
}

describe('a state file', () => {
  test('keeps tasks across a restart, also unfinished ones', async () => {
    const clock = new TestClock()
    const state = await newFile()
    const first = await startSandbox({ clock, state, taskDuration: 1000 })
    const token = await login(first)
    const created = [(await createTask(first, token)).json, (await createTask(first, token)).json]
    clock.advance(2000)
    created.push((await createTask(first, token)).json)
    await send(`${first.imageUrl}/v2/tasks`, { token })
    await first.close()

    clock.advance(600)
    const second = await sandbox({ clock, state, taskDuration: 1000 })
    const look = async () => {
      const reply = await send(`${second.imageUrl}/v2/tasks?sort_dir=asc`, { token: await login(second) })
      return reply.json.tasks.map(({ id, status }: { id: string; status: string }) => [id, status])
    }
    const [a, b, c] = created.map(({ id }) => id)
    const ended = [a, b].map((id) => [id, 'success'])
    expect(await look()).toEqual([...ended, [c, 'processing']])
    clock.advance(400)
    expect(await look()).toEqual([...ended, [c, 'success']])
  })

  test('keeps every digit of an input', async () => {
    const state = await newFile()
    const first = await startSandbox({ state })
    const body = '{"type":"api_image_import","input":{"image_id":"x","n":12345678901234567890}}'
    const { id } = (await createTask(first, await login(first), body)).json
    await first.close()
    const second = await sandbox({ state })
    const { text } = await send(`${second.imageUrl}/v2/tasks/${id}`, { token: await login(second) })
    expect(text).toContain('"n": 12345678901234567890')
  })

  test('keeps images and their data, and the ids of deleted images', async () => {
    const state = await newFile()
    const first = await startSandbox({ state })
    const images = `${first.imageUrl}/v2/images`
    const token = await login(first)
    const make = () => send(images, { method: 'POST', token, body: { ...IMPORT.image_properties, foo: 'bar' } })
    const [kept, gone] = [(await make()).json.id, (await make()).json.id]
    const octets = { 'Content-Type': 'application/octet-stream' }
    await send(`${images}/${kept}/file`, { method: 'PUT', token, headers: octets, body: 'hello' })
    await send(`${images}/${gone}`, { method: 'DELETE', token })
    await first.close()

    const second = await sandbox({ state })
    const again = await login(second)
    const ask = (path: string, more = {}) => send(`${second.imageUrl}/v2/images${path}`, { token: again, ...more })
    expect((await ask(`/${kept}`)).json).toMatchObject({ status: 'active', size: 5, foo: 'bar' })
    expect((await ask(`/${kept}/file`)).text).toBe('hello')
    expect((await ask(`/${gone}`)).status).toBe(404)
    expect((await ask('', { method: 'POST', body: { id: gone } })).status).toBe(409)
  })

  test('is readable by its user only, and may end with an incomplete line', async () => {
    const state = await newFile()
    expect(await tasksOf({ state, seed: 3 })).toHaveLength(3)
    if (!IS_WINDOWS) expect((await stat(state)).mode & 0o777).toBe(0o600)
    await appendFile(state, '{"region":"RegionOne","task":{"id"')
    expect(await tasksOf({ state, seed: 5 })).toHaveLength(3)
    expect(await readFile(state, 'utf8')).toMatch(/\}\n$/)
  })

  test.each([
    ['not JSON', 'password: secret\n', 1],
    ['other JSON', '{"tasks":[]}\n', 1],
    ['a state file with a foreign line', '{"glance-tasks sandbox":1}\n5\n', 2],
    ['a task without a status', `{"glance-tasks sandbox":1}\n{"region":"RegionOne","task":{"id":"a"}}\n`, 2],
  ])('that is %s is refused and not changed', async (_, text, line) => {
    const state = await newFile()
    await writeFile(state, text)
    await expect(startSandbox({ state })).rejects.toThrow(`${state}:${line}: this is not a sandbox state file.`)
    expect(await readFile(state, 'utf8')).toBe(text)
  })

  test.skipIf(IS_WINDOWS)('that is a symbolic link remains one, and its target is written', async () => {
    const state = await newFile()
    const link = `${state}.link`
    await writeFile(state, '')
    await symlink(state, link)
    await startSandbox({ state: link, seed: 2 }).then((cloud) => cloud.close())
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(await tasksOf({ state })).toHaveLength(2)
  })

  test.skipIf(IS_WINDOWS)('leaves a file or a link at FILE.new alone', async () => {
    const state = await newFile()
    const target = `${state}.target`
    await writeFile(target, 'mine')
    await symlink(target, `${state}.new`)
    await startSandbox({ state, seed: 2 }).then((cloud) => cloud.close())
    expect(await readFile(target, 'utf8')).toBe('mine')
    expect((await lstat(`${state}.new`)).isSymbolicLink()).toBe(true)
    expect(await tasksOf({ state })).toHaveLength(2)
    expect((await readdir(dirname(state))).sort()).toEqual(['state', 'state.new', 'state.target'])
  })

  test.each([
    ...(IS_WINDOWS ? [] : ([['a device', () => '/dev/null', 'a pipe or a device']] as const)),
    ['a directory', () => folder(), 'a directory'] as const,
  ])('that is %s is refused and not changed', async (_, make, what) => {
    const state = await make()
    const before = await lstat(state)
    await expect(startSandbox({ state })).rejects.toThrow(`${state}: The state file cannot be used: it is ${what}.`)
    expect((await lstat(state)).mode).toBe(before.mode)
  })

  test('may contain unknown regions, which are ignored', async () => {
    const state = await newFile()
    await writeFile(state, '{"glance-tasks sandbox":1}\n{"region":"constructor","deleted":"a"}\n')
    expect(await tasksOf({ state })).toEqual([])
  })

  test('in a folder that does not exist is an error with a hint', async () => {
    const error = await startSandbox({ state: '/nowhere/at/all' }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.hint).toContain('--state')
  })
})
