import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const src = new URL('../src/', import.meta.url)

// A call with more than about 100 000 arguments throws a RangeError, and a list may have a million tasks.
it('no list is spread into the arguments of a variadic call', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const lines = files.flatMap((name) =>
    readFileSync(new URL(name, src), 'utf8')
      .split('\n')
      .map((line, i) => `${name}:${i + 1}: ${line.trim()}`),
  )
  expect(lines.length).toBeGreaterThan(10_000)
  const spread = /\b(push|unshift|concat|splice|max|min|fromCharCode|fromCodePoint)\((?:[^{}]*,)?\s*\.\.\.|\.apply\(/
  expect(lines.filter((line) => spread.test(line))).toEqual([])
})
