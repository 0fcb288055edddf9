import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Context } from '../../../src/cli/context.js'
import { askSecret, chooseName } from '../../../src/cli/terminal/ask.js'
import { AbortedError } from '../../../src/errors.js'

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
  const context = { stdin, stderr, signal: controller.signal } as unknown as Context
  return {
    context,
    type: (text: string) => stdin.write(text),
    end: () => stdin.end(),
    abort: () => controller.abort(),
    seen: () => seen,
  }
}

describe('a secret', () => {
  test('is asked for, and not seen', async () => {
    const { context, type, seen } = terminal()
    const answer = askSecret(context, 'Password for \u001b[31mme: ')
    type('s3cr\u007fret\r')
    expect(await answer).toBe('s3cret')
    expect(seen()).toBe('Password for \\u001b[31mme: \n')
  })

  test.each(['\u0003', ''])('is given up by Ctrl-C or the end of the input: %j', async (key) => {
    const { context, type, end } = terminal()
    const answer = askSecret(context, 'Password: ')
    if (key) type(key)
    else end()
    await expect(answer).rejects.toThrow(AbortedError)
  })
})

test('a signal ends the question', async () => {
  const { context, abort } = terminal()
  const answer = askSecret(context, 'Password: ')
  abort()
  await expect(answer).rejects.toThrow(AbortedError)
})

describe('one of several names', () => {
  test.each([
    ['2\r', 'two'],
    [' two \r', 'two'],
    ['3\r', undefined],
    ['\r', undefined],
    ['0\r', undefined],
  ])('%j chooses %s', async (typed, name) => {
    const { context, type, seen } = terminal()
    const answer = chooseName(context, ['one', 'two'])
    type(typed)
    expect(await answer).toBe(name)
    expect(seen()).toContain('  1  one\n  2  two\n')
    expect(seen()).toContain('Which one? ')
  })
})
