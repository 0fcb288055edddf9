import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FORMATS } from '../../src/output/index.js'
import { run } from '../helpers/cli.js'
import { COMMAND_NAMES } from '../helpers/command-names.js'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const docs = readdirSync(new URL('docs', root)).map((name) => `docs/${name}`)

/** The long options of every help text. */
async function options(): Promise<string[]> {
  const helps = [['--help'], ['help', 'auth'], ...COMMAND_NAMES.map((name) => [name, '--help'])]
  const texts = await Promise.all(helps.map(async (argv) => (await run(argv)).stdout))
  return texts.flatMap((text) => [...text.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option ?? ''))
}

test.each(COMMAND_NAMES)('%s has a section in docs/commands.md and a row in README.md', async (name) => {
  expect(read('docs/commands.md')).toMatch(new RegExp(`^## .*\\b${name}\\b`, 'm'))
  expect(read('README.md')).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
})

test.each(FORMATS)('%s has a row in docs/output.md and is named in docs/commands.md', (name) => {
  expect(read('docs/output.md')).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
  expect(read('docs/commands.md')).toMatch(new RegExp(`--format FORMAT.*\`${name}\``))
})

test('docs/ has every option', async () => {
  const told = new Set(docs.flatMap((path) => read(path).match(/--[a-z][a-z-]+/g) ?? []))
  const found = await options()
  expect(found.length).toBeGreaterThan(80)
  expect(found.filter((option) => !told.has(option))).toEqual([])
})

test('what README and docs/ show exists', async () => {
  const ours = new Set([...(await options()), '--global']) // npm's
  const told = ['README.md', ...docs].flatMap((path) => read(path).match(/--[a-z][a-z-]+/g) ?? [])
  expect(told.filter((option) => !ours.has(option))).toEqual([])
})
