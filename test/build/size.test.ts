import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
// @ts-expect-error scripts have no types
import { npmCommand } from '../../scripts/npm.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('the installed package stays below 4.02 MB', async () => {
  const [npm, first] = npmCommand()
  const { stdout } = await promisify(execFile)(npm, [...first, 'pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: root,
  })
  // Newer versions of npm print an object keyed by package name, older ones an array.
  const [{ unpackedSize }] = Object.values(JSON.parse(stdout)) as [{ unpackedSize: number }]
  expect(unpackedSize).toBeGreaterThan(500_000) // it has been built
  expect(unpackedSize).toBeLessThan(4_020_000)
})

// The code that Node compiles at start-up. Ask before you raise a budget.
it.each([
  ['main.js', 103_900],
  ['commands.js', 96_000],
  ['cloud.js', 494_700],
  ['formats.js', 6_000],
])('the program’s %s stays below %i bytes', async (name, budget) => {
  const { size } = await stat(`${root}/dist/cli/${name}`)
  expect(size).toBeLessThan(budget)
})

it.each(['main.js', 'commands.js', 'cloud.js', 'formats.js', 'table.js'])(
  'the program’s %s is ASCII, of which V8 keeps one byte a character',
  async (name) => {
    expect(await readFile(`${root}/dist/cli/${name}`, 'latin1')).toMatch(/^[\0-\x7f]+$/)
  },
)
