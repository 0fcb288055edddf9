import { getEventListeners, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { askSecret, askYesNo, chooseName } from '../../../src/cli/terminal/ask.js'
import { AbortedError, InputError } from '../../../src/errors.js'
import type { WantedSecret } from '../../../src/identity/secrets.js'

/** A terminal at which somebody types, and what is seen in it. */
function terminal() {
  const controller = new AbortController()
  let echoes = true
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(raw: boolean) {
      echoes = !raw
    },
  })
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  let seen = ''
  stderr.on('data', (chunk) => {
    // Who sees the question may type at once: then the terminal must not show it.
    if (/: $/.test(String(chunk))) expect(echoes).toBe(false)
    seen += chunk
  })
  const shows = async (text: string) => {
    while (!seen.includes(text)) await once(stderr, 'data')
  }
  const context = { stdin, stderr, signal: controller.signal, env: {}, platform: 'linux' } as unknown as Context
  return {
    context,
    type: (text: string) => stdin.write(text),
    end: () => stdin.end(),
    abort: () => controller.abort(),
    seen: () => seen,
    shows,
    echoes: () => echoes,
  }
}

/** What is asked for: the password of a user at a host, by default. */
const secret = (more: Partial<WantedSecret> = {}): WantedSecret => {
  return { what: 'password', user: 'me', host: 'keystone.example.org:5000', cloud: 'prod', warnings: [], ...more }
}

describe('a secret', () => {
  test('is prompted for, without echo', async () => {
    const { context, type, seen } = terminal()
    const answer = askSecret(context, secret({ user: '\u001b[31mme' }))
    type('s3cr\u007fret\r')
    expect(await answer).toBe('s3cret')
    expect(seen()).toBe('Password for "\\u001b[31mme" at keystone.example.org:5000 (cloud prod): \n')
  })

  test('is prompted for after the warnings about its host, and again after a refusal', async () => {
    const { context, type, seen } = terminal()
    const answer = askSecret(context, secret({ warnings: ['It will be sent to \u001b[2J.'] }))
    type('a\r')
    expect(await answer).toBe('a')
    expect(seen()).toMatch(/^It will be sent to \\u001b\[2J\.\nPassword for me at .*: \n$/)
    const again = askSecret(context, secret({ warnings: ['It will be sent.'] }), 'It was refused.')
    type('b\r')
    expect(await again).toBe('b')
    expect(seen()).toMatch(/: \nIt was refused\.\nPassword for me at .*: \n$/)
  })

  test('is given up by Ctrl-C', async () => {
    const { context, type } = terminal()
    const answer = askSecret(context, secret())
    type('\u0003')
    await expect(answer).rejects.toThrow(AbortedError)
  })

  test.each([
    ['Ctrl-D', '\u0004'],
    ['the end of the input', ''],
  ])('cannot be had after %s', async (_name, key) => {
    const { context, type, end } = terminal()
    const answer = askSecret(context, secret())
    if (key) type(key)
    else end()
    await expect(answer).rejects.toThrow(InputError)
    await expect(askSecret(context, secret())).rejects.toThrow(InputError)
  })

  test('fails if the input has already ended', async () => {
    const { context, end } = terminal()
    end()
    for await (const _ of context.stdin) throw new Error('Nothing was typed.')
    await expect(askSecret(context, secret())).rejects.toThrow('The input ended before the prompt was answered.')
  })
})

describe('a signal', () => {
  test('ends the question, and leaves no listener behind', async () => {
    const { context, abort } = terminal()
    const answer = askSecret(context, secret())
    abort()
    await expect(answer).rejects.toThrow(AbortedError)
    expect(getEventListeners(context.signal, 'abort')).toHaveLength(0)
    expect(context.stdin.listenerCount('keypress')).toBe(0)
  })

  test('that aborts while the names are listed lets no prompt appear', async () => {
    const { context, abort, seen } = terminal()
    const write = context.stderr.write.bind(context.stderr)
    context.stderr.write = ((text: string) => {
      if (text.includes('two')) abort()
      return write(text)
    }) as typeof write
    await expect(chooseName(context, ['one', 'two'])).rejects.toThrow(AbortedError)
    expect(seen()).toBe('  1  one\n  2  two\n')
    expect(context.stdin.listenerCount('keypress')).toBe(0)
    expect(getEventListeners(context.signal, 'abort')).toHaveLength(0)
  })

  test('that came before lets nothing be asked', async () => {
    const { context, abort, seen, echoes } = terminal()
    abort()
    await expect(chooseName(context, ['one'])).rejects.toThrow(AbortedError)
    await expect(askSecret(context, secret())).rejects.toThrow(AbortedError)
    expect(seen()).not.toContain('Password')
    expect(echoes()).toBe(true)
  })
})

test('questions that come together are asked one after the other', async () => {
  const { context, type, seen, shows } = terminal()
  const answers = Promise.all([askSecret(context, secret({ user: 'a' })), askSecret(context, secret({ user: 'b' }))])
  await shows('for a at')
  type('one\r')
  await shows('for b at')
  type('two\r')
  expect(await answers).toEqual(['one', 'two'])
  expect(seen()).toMatch(/^Password for a at .*: \nPassword for b at .*: \n$/)
})

describe('yes or no', () => {
  test.each([
    ['y\r', true],
    ['YES\r', true],
    [' no \r', false],
    ['\r', false],
  ])('%j is %s', async (typed, expected) => {
    const { context, type, seen } = terminal()
    const answer = askYesNo(context, 'Send \u001b it?')
    type(typed)
    expect(await answer).toBe(expected)
    expect(seen()).toContain('Send \\u001b it? [y/N] ')
  })

  test('anything else is asked again', async () => {
    const { context, type, shows } = terminal()
    const answer = askYesNo(context, 'Send it?')
    type('yess\r')
    await shows('Please answer yes or no.\n')
    type('y\r')
    expect(await answer).toBe(true)
  })
})

describe('one of several names', () => {
  test.each([
    ['2\r', 'two'],
    [' two \r', 'two'],
  ])('%j chooses %s', async (typed, name) => {
    const { context, type, seen } = terminal()
    const answer = chooseName(context, ['one', 'two'])
    type(typed)
    expect(await answer).toBe(name)
    expect(seen()).toContain('  1  one\n  2  two\n')
    expect(seen()).toContain('Which cloud? ')
  })

  test.each(['3', '', '0', 'tvo'])('is asked for again after %j, three times at most', async (wrong) => {
    const { context, type, seen } = terminal()
    const answer = chooseName(context, ['one', 'two'])
    const hint = wrong === 'tvo' ? 'Did you mean "two"?' : 'Type a name or a number.'
    const again = `${JSON.stringify(wrong)} is not in the list. ${hint}\n`
    for (let count = 1; count <= 3; count++) {
      type(`${wrong}\r`)
      while (seen().split(again).length <= count) await new Promise(setImmediate)
    }
    expect(await answer).toBeUndefined()
    expect(seen().match(/Which cloud\?/g)).toHaveLength(3)
  })
})
