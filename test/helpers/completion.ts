import { expect } from 'vitest'
import { run, type World } from './cli.js'

type Run = (argv: string[], world?: World) => ReturnType<typeof run>

/** What the program answers to the script of fish, which shows candidates as they are. */
export interface Answer {
  /** `values`, `files` or `command`. */
  kind: string
  values: string[]
  /** The descriptions by value. */
  descriptions: Record<string, string>
}

/** Completes a command line of these words; the last one is at the cursor. Expects that nothing is printed on stderr. */
export async function completed(words: string[], world: World = {}, runs: Run = run): Promise<Answer> {
  const { status, stdout, stderr } = await runs(['__complete', 'fish', '--', ...words], world)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const [kind = '', ...lines] = stdout.split('\n').slice(0, -1)
  const pairs = lines.map((line) => line.split('\t'))
  return {
    kind,
    values: pairs.map(([value = '']) => value),
    descriptions: Object.fromEntries(pairs.map(([value = '', description = '']) => [value, description])),
  }
}

/** The values that the program offers. */
export async function valuesAt(words: string[], world: World = {}, runs: Run = run): Promise<string[]> {
  const { kind, values } = await completed(words, world, runs)
  expect(kind).toBe('values')
  return values
}
