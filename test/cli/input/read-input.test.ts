import { execFile } from 'node:child_process'
import { chmod, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { DEEPEST_INPUT } from '../../../src/cli/input/input-fault.js'
import { readInput } from '../../../src/cli/input/read-input.js'
import { InputError } from '../../../src/errors.js'
import { formatJson } from '../../../src/http/json.js'
import { folder } from '../../helpers/cli.js'
import { IS_WINDOWS } from '../../helpers/platform.js'
import { isRoot } from '../../helpers/user.js'

/** A context in which a file has this text. */
async function world(text: string | Buffer, name = 'input') {
  const cwd = await folder()
  await writeFile(join(cwd, name), text)
  return { cwd, signal: new AbortController().signal } as unknown as Context
}

/** The input in a file, as JSON text: so every digit is seen. */
async function inFile(text: string | Buffer, name = 'input') {
  return formatJson(await readInput(await world(text, name), name))
}

const onStdin = (text: string | Buffer) =>
  readInput({ stdin: Readable.from([Buffer.from(text)]), signal: new AbortController().signal } as Context, '-')

it.runIf(process.platform === 'linux')(
  'a named pipe is read, and the wait for its writer can be interrupted',
  async () => {
    const cwd = await folder()
    await promisify(execFile)('mkfifo', [join(cwd, 'pipe')])
    const controller = new AbortController()
    const context = { cwd, signal: controller.signal, platform: 'linux' } as unknown as Context
    const reading = readInput(context, 'pipe')
    await writeFile(join(cwd, 'pipe'), '{"a": 1}')
    expect(formatJson(await reading)).toBe('{"a":1}')
    const waiting = readInput(context, 'pipe')
    controller.abort('SIGINT')
    await expect(waiting).rejects.toMatchObject({ code: 'aborted', message: 'Interrupted while reading pipe.' })
  },
)

describe('an input', () => {
  it('may be in a file, as JSON or YAML, with any name', async () => {
    for (const name of ['input', 'input.json', 'input.yaml', 'input.YML', '-x']) {
      expect(await inFile('{"a": 1.0, "b": [null]}', name)).toBe('{"a":1.0,"b":[null]}')
      expect(await inFile('a: 1.0\nb: [null]\n', name)).toBe('{"a":1.0,"b":[null]}')
    }
  })

  it('is YAML in a YAML file, although it begins like JSON', async () => {
    expect(await inFile('{a: b}', 'input.yaml')).toBe('{"a":"b"}')
    expect(await inFile(' {a: b}', 'x.YML')).toBe('{"a":"b"}')
    await expect(inFile('{a: b}', 'x.yaml.json')).rejects.toThrow('x.yaml.json:1:2: invalid JSON')
    await expect(inFile('{a: b}', 'xyaml')).rejects.toThrow('invalid JSON')
    expect(await inFile('a[0]: b')).toBe('{"a[0]":"b"}')
  })

  it('is in a file whose name has brackets in it', async () => {
    expect(await inFile('{"a": "b"}', 'a{b}.json')).toBe('{"a":"b"}')
  })

  it('is on standard input, or on the command line itself', async () => {
    expect(await onStdin('{"a": "b"}')).toEqual({ a: 'b' })
    expect(await onStdin('a: b')).toEqual({ a: 'b' })
    expect(await readInput({} as Context, ' {"a": "b"}')).toEqual({ a: 'b' })
  })

  it.each([
    ['[1]', 'a list'],
    ['"text"', 'a string'],
    ['1.50', 'a number'],
    ['7', 'a number'],
    ['null', 'null'],
    ['true', 'a boolean'],
  ])('%s is not an image, and the error says what it is', async (text, kind) => {
    await expect(inFile(text)).rejects.toThrow(InputError)
    await expect(inFile(text)).rejects.toThrow(`input contains ${kind}`)
    await expect(inFile(text)).rejects.toMatchObject({ hint: expect.stringContaining('import_from') })
    await expect(onStdin(text)).rejects.toThrow(`standard input contains ${kind}`)
  })

  it('must not be a list on the command line', async () => {
    await expect(readInput({} as Context, '[1]')).rejects.toThrow('--input contains a list')
  })

  it('is not empty', async () => {
    for (const text of ['', '\t', ' \n\t', '\ufeff'])
      await expect(inFile(text)).rejects.toMatchObject({ message: 'input is empty.', hint: expect.any(String) })
    await expect(onStdin('')).rejects.toThrow('standard input is empty')
    await expect(readInput({} as Context, '')).rejects.toThrow(/--input .*empty/)
    await expect(readInput({} as Context, '')).rejects.toMatchObject({
      hint: expect.stringContaining('standard input'),
    })
  })

  it.each([
    ['0xffffffffffffffff', '18446744073709551615'],
    ['0o2000000000000000000001', '18446744073709551617'],
    ['+12345678901234567890', '12345678901234567890'],
    ['-012345678901234567890', '-12345678901234567890'],
    ['0x10', '16'],
    ['+7', '7'],
  ])('keeps every digit of the YAML number %s', async (yaml, json) => {
    expect(await inFile(`n: ${yaml}`)).toBe(`{"n":${json}}`)
  })

  it('may begin with a byte order mark', async () => {
    expect(await inFile(Buffer.from('\ufeff{"a": "ü"}'))).toBe('{"a":"ü"}')
  })

  it.each<[string, number, boolean]>([
    ['JSON', DEEPEST_INPUT, true],
    ['JSON', DEEPEST_INPUT + 1, false],
    ['YAML', DEEPEST_INPUT, true],
    ['YAML', DEEPEST_INPUT + 1, false],
  ])('of %s may be nested %i levels deep: %s', async (kind, levels, fits) => {
    const text = `${'{"a": '.repeat(levels)}1${'}'.repeat(levels)}`
    const read = inFile(kind === 'YAML' ? `# deep\n${text}` : text)
    if (fits) expect(await read).toContain('"a":1')
    else await expect(read).rejects.toThrow(new RegExp(`^input:\\d:\\d+: .*${DEEPEST_INPUT} levels`))
  })
})

describe('a file that cannot be read', () => {
  it('is missing, is a directory, or leads to itself', async () => {
    const context = await world('')
    if (!IS_WINDOWS) await symlink('loop', join(context.cwd, 'loop'))
    for (const [name, reason] of [
      ['gone', 'no such file'],
      ['caf\uFFFD', 'its name is not UTF-8, or there is no such file'],
      ['.', 'directory'],
      ...(IS_WINDOWS
        ? []
        : [
            ['loop', 'symbolic links'],
            ['input/x', 'a part of its path is not a directory'],
          ]),
    ] as [string, string][]) {
      await expect(readInput(context, name)).rejects.toThrow(InputError)
      await expect(readInput(context, name)).rejects.toThrow(`${name} cannot be read: `)
      await expect(readInput(context, name)).rejects.toThrow(reason)
      await expect(readInput(context, name)).rejects.toMatchObject({
        cause: expect.any(Error),
        hint: expect.any(String),
      })
      // A code is for users who know it.
      await expect(readInput(context, name)).rejects.not.toThrow(/\b[A-Z]{5,}\b/)
    }
  })

  it.skipIf(IS_WINDOWS || isRoot)('may not be read', async () => {
    const context = await world('{}')
    await chmod(join(context.cwd, 'input'), 0)
    await expect(readInput(context, 'input')).rejects.toThrow('permission denied')
  })

  it('is not text', async () => {
    const bytes = Buffer.from([0xff, 0xfd])
    const error = { message: expect.stringMatching(/^input .*UTF-8/), hint: expect.any(String) }
    await expect(inFile(bytes)).rejects.toMatchObject(error)
    await expect(onStdin(bytes)).rejects.toThrow(/^standard input .*UTF-8/)
  })

  it('is larger than 10 MiB by a byte', async () => {
    const most = 10 * 1024 * 1024
    const text = `{"a": "${'x'.repeat(most - 9)}"}`
    expect(await inFile(text)).toHaveLength(most - 1)
    await expect(inFile(`${text} `)).rejects.toMatchObject({
      message: expect.stringContaining('10 MiB'),
      hint: expect.any(String),
    })
  })
})

describe('a place in the text', () => {
  it.each<[string, string, string]>([
    ['input.json', '{"a": nope}', 'input.json:1:7: invalid JSON: '],
    ['input.json', '{\n\n  "a": 1,\n}', 'input.json:4:1: invalid JSON: '],
    ['input.json', '{"a": 1', 'input.json:1:8: invalid JSON: '],
    ['input.yaml', 'a: 1\nb: [1\n', 'input.yaml:3:1: not YAML: '],
    ['input.yaml', 'a: 1\n---\nb: 2\n', 'input.yaml:2:1: '],
    ['input.yaml', 'a: 1\nb: .inf\n', 'input.yaml:2:4: .inf '],
    ['input.yaml', 'b: [.nan]\n', 'input.yaml:1:5: .nan '],
    ['input.yaml', 'a: 1\n[b]: 2\n', 'input.yaml:2:1: a key '],
    ['input.yaml', 'a: &x b\n*x : 2\n', 'input.yaml:2:1: a key '],
  ])('%s: %j', async (name, text, message) => {
    const error = await inFile(text, name).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(InputError)
    expect(error.message.slice(0, message.length)).toBe(message)
    // The parsers' own words for the place are left out, not the reason.
    expect(error.message.slice(message.length)).toMatch(/^(?!.*\b(position|line) \d).*\w.*\.$/s)
    expect(error.hint).toEqual(expect.any(String))
  })

  it('advises how to quote JSON on the command line', async () => {
    const [inline, file] = await Promise.all([
      readInput({} as Context, '{a}').catch(({ hint }) => hint),
      inFile('{a}').catch(({ hint }) => hint),
    ])
    expect(inline).toContain('quotes')
    expect(file).not.toContain('quotes')
    expect(file).toContain('jq')
  })
})

describe('YAML', () => {
  it.each([
    ['a: 12345678901234567890', '{"a":12345678901234567890}'],
    ['a: 1.10', '{"a":1.10}'],
    ['a: -0', '{"a":-0}'],
    ['a: 1e400', '{"a":1e400}'],
    ['a: 0x10', '{"a":16}'],
    ['a: 0o17', '{"a":15}'],
    ['a: +1', '{"a":1}'],
    ['a: 007', '{"a":7}'],
    ['a: .5', '{"a":0.5}'],
    ['a: 5', '{"a":5}'],
    ['5: a', '{"5":"a"}'],
    ['a: yes', '{"a":"yes"}'],
    ['a: &x {b: 1}\nc: *x', '{"a":{"b":1},"c":{"b":1}}'],
    ['a: &x {b: 1}\nc:\n  <<: *x\n  d: 2', '{"a":{"b":1},"c":{"b":1,"d":2}}'],
    ['--- {a: 1}\n...\n', '{"a":1}'],
    ['%YAML 1.1\n---\na: 0777', '{"a":511}'],
    ['%YAML 1.1\n---\na: 0777777777777777777777', '{"a":9223372036854776000}'],
  ])('%j is %s', async (text, json) => expect(await inFile(text)).toBe(json))

  it('may hold aliases, unless there are many in each other', async () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 9; i++) bomb.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(10)}]`)
    await expect(inFile(bomb.join('\n'))).rejects.toThrow(InputError)
    await expect(inFile(bomb.join('\n'))).rejects.toThrow(/^input:1:1: .*YAML/)
  })

  it('may not be led deeper by aliases than it may be nested', async () => {
    const deep = (inside: string) => '['.repeat(200) + inside + ']'.repeat(200)
    const text = `a: &a ${deep('1')}\nb: ${deep('*a')}\n`
    await expect(inFile(text)).rejects.toThrow(/^input:1:1: .*aliases/)
  })

  it('that holds nothing but a comment is empty', async () => {
    await expect(inFile('# nothing\n')).rejects.toThrow('input is empty')
  })
})
