import { execFile } from 'node:child_process'
import { appendFile, chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { openSource } from '../../../src/cli/input/image-source.js'
import { InputError, UsageError } from '../../../src/errors.js'
import type { StreamSource } from '../../../src/images/import/import-options.js'
import { folder } from '../../helpers/cli.js'
import { IS_WINDOWS } from '../../helpers/platform.js'
import { isRoot } from '../../helpers/user.js'

const MIB = 1024 * 1024

function world(stdin: Readable & { isTTY?: boolean } = Readable.from([])) {
  const controller = new AbortController()
  const context = { stdin, signal: controller.signal, platform: process.platform } as unknown as Context
  return { controller, context }
}

async function fileOf(content: string | Buffer) {
  const path = join(await folder(), 'image.raw')
  await writeFile(path, content)
  const { context, controller } = world()
  const { source, close } = await openSource(context, { kind: 'file', path, given: 'image.raw' })
  return { path, context, controller, source: source as StreamSource, close }
}

async function bytesOf({ open }: StreamSource): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of open()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable(),
    (error) => `${error.message} | ${error.hint}`,
  )

describe('a file', () => {
  it('is read in chunks of 1 MiB, as often as it is needed', async () => {
    const content = Buffer.alloc(2.5 * MIB, 'x')
    const { source } = await fileOf(content)
    expect(source).toMatchObject({ name: 'image.raw', size: content.length, isRepeatable: true })
    for (let time = 0; time < 2; time++) {
      const sizes: number[] = []
      for await (const chunk of source.open()) sizes.push(chunk.length)
      expect(sizes).toEqual([MIB, MIB, MIB / 2])
    }
    expect((await bytesOf(source)).equals(content)).toBe(true)
  })

  it.each([
    ['grows', (path: string) => appendFile(path, 'more')],
    ['shrinks', (path: string) => writeFile(path, 'less')],
    ['is replaced by as many bytes', (path: string) => writeFile(path, Buffer.alloc(3 * MIB, 'y'))],
  ])('that %s while it is read never gives its last bytes', async (_how, change) => {
    const { source, path } = await fileOf(Buffer.alloc(3 * MIB, 'x'))
    let bytes = 0
    const read = async () => {
      for await (const chunk of source.open()) {
        bytes += chunk.length
        if (bytes === MIB) await change(path)
      }
    }
    expect(await errorOf(read())).toContain('image.raw changed while it was read. | Wait until no program writes')
    expect(bytes).toBeLessThan(3 * MIB)
  })

  it('that was replaced before it is read again is an error', async () => {
    const { source, path } = await fileOf('one')
    await writeFile(`${path}.new`, 'two')
    await rm(path)
    await writeFile(path, 'two!')
    expect(await errorOf(bytesOf(source))).toContain('image.raw changed while it was read.')
    await rm(path)
    expect(await errorOf(bytesOf(source))).toContain('image.raw cannot be read: no such file.')
  })

  it('that is not read to its end is closed', async () => {
    const { source } = await fileOf(Buffer.alloc(3 * MIB))
    for await (const chunk of source.open()) if (chunk) break
    expect((await bytesOf(source)).length).toBe(3 * MIB)
  })
})

describe('a path that cannot be imported', () => {
  const open = (path: string, given = path) => openSource(world().context, { kind: 'file', path, given })

  it('names the reason', async () => {
    const home = await folder()
    await mkdir(join(home, 'images'))
    await writeFile(join(home, 'empty'), '')
    await expect(open(join(home, 'empty'))).rejects.toBeInstanceOf(InputError)
    expect(await errorOf(open(join(home, 'empty'), 'empty'))).toContain(
      'empty is empty. | Check that this is the right file',
    )
    expect(await errorOf(open(join(home, 'images'), 'images'))).toBe(
      'images is a directory, not an image. | Specify a file in it: images/FILE',
    )
    for (const given of ['C:\\images', 'C:\\images\\', 'C:\\images/']) {
      const context = { ...world().context, platform: 'win32' } as Context
      expect(await errorOf(openSource(context, { kind: 'file', path: join(home, 'images'), given }))).toContain(
        'Specify a file in it: C:\\images\\FILE',
      )
    }
    expect(await errorOf(open(join(home, 'none'), 'none'))).toBe(
      'none cannot be read: no such file. | Check the path and its permissions.',
    )
  })

  it.skipIf(IS_WINDOWS || isRoot)('can be one without permission', async () => {
    const path = join(await folder(), 'secret')
    await writeFile(path, 'x')
    await chmod(path, 0)
    expect(await errorOf(open(path, 'secret'))).toContain('secret cannot be read: permission denied.')
  })

  it.each([
    'example.org/debian.qcow2',
    'www.example.org',
    'localhost:8080/x',
    '10.0.0.1/x',
    'cloud.example.org:80/a/b',
  ])('%s looks like a URL without its scheme', async (given) => {
    expect(await errorOf(open('/nowhere/x', given))).toContain(`For a URL, begin with its scheme: https://${given}`)
  })

  it.each(['images/debian.qcow2', './example.org/x', 'debian-13.qcow2', '/srv/x', 'a b.org/x'])(
    '%s does not',
    async (given) => {
      expect(await errorOf(open('/nowhere/x', given))).toContain('Check the path')
    },
  )
})

describe('standard input', () => {
  const open = (stdin: Readable & { isTTY?: boolean }) => {
    const { context, controller } = world(stdin)
    return { controller, opened: openSource(context, { kind: 'stdin' }) }
  }

  it('is a stream that is read once', async () => {
    const { opened } = open(Readable.from([Buffer.from('ab'), 'cd']))
    const source = (await opened).source as StreamSource
    expect(source).toMatchObject({ name: 'standard input', isRepeatable: false })
    expect(source.size).toBeUndefined()
    expect(`${await bytesOf(source)}`).toBe('abcd')
    expect(await errorOf(bytesOf(source))).toContain('standard input can be read only once. | Save the data')
  })

  it('must not be a terminal', async () => {
    const { opened } = open(Object.assign(new PassThrough(), { isTTY: true }))
    await expect(opened).rejects.toBeInstanceOf(UsageError)
    expect(await errorOf(opened)).toContain(
      'Standard input is a terminal, not an image. | Pipe the data: curl -fL URL |',
    )
  })

  it('must not be empty', async () => {
    const { opened } = open(Readable.from([]))
    expect(await errorOf(bytesOf((await opened).source as StreamSource))).toContain(
      'standard input is empty. | Check the command',
    )
  })

  it('that never gives anything ends when the command is interrupted, and when the import has ended', async () => {
    const first = open(new PassThrough())
    const reading = bytesOf((await first.opened).source as StreamSource)
    first.controller.abort('SIGINT')
    expect(await errorOf(reading)).toContain('Interrupted while reading standard input.')

    const stdin = new PassThrough()
    const second = await open(stdin).opened
    const failed = errorOf(bytesOf(second.source as StreamSource))
    second.close()
    expect(await failed).toContain('standard input cannot be read:')
    expect(stdin.destroyed).toBe(true)
  })
})

it.runIf(process.platform === 'linux')('a named pipe that no program writes to can be interrupted', async () => {
  const path = join(await folder(), 'pipe')
  await promisify(execFile)('mkfifo', [path])
  const { context, controller } = world()
  const { source, close } = await openSource(context, { kind: 'file', path, given: 'pipe' })
  const reading = errorOf(bytesOf(source as StreamSource))
  controller.abort('SIGINT')
  expect(await reading).toContain('Interrupted while reading pipe.')
  close()
})

it.skipIf(IS_WINDOWS)('a named pipe is read once', async () => {
  const path = join(await folder(), 'pipe')
  await promisify(execFile)('mkfifo', [path])
  const { source, close } = await openSource(world().context, { kind: 'file', path, given: '/dev/fd/63' })
  const writing = writeFile(path, Buffer.alloc(100_000, 'z'))
  expect((await bytesOf(source as StreamSource)).length).toBe(100_000)
  await writing
  expect(source).toMatchObject({ name: '/dev/fd/63', isRepeatable: false })
  close()
})
