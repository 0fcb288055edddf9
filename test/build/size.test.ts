import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { installed } from '../helpers/installed.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('the installed package stays below 4.02 MB', async () => {
  const entries = await readdir(join(await installed(), 'node_modules/glance-tasks'), {
    recursive: true,
    withFileTypes: true,
  })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  expect(total).toBeGreaterThan(500_000) // it has been built
  expect(total).toBeLessThan(4_020_000)
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
