import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from '../helpers/cli.js'

const COMMANDS = [
  'list',
  'get',
  'create',
  'import',
  'wait',
  'retry',
  'explain',
  'clouds',
  'doctor',
  'logout',
  'sandbox',
]

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const docs = readdirSync(new URL('docs', root)).map((name) => `docs/${name}`)

/** The long options of every help text. */
async function options(): Promise<string[]> {
  const helps = [['--help'], ['help', 'auth'], ...COMMANDS.map((name) => [name, '--help'])]
  const texts = await Promise.all(helps.map(async (argv) => (await run(argv)).stdout))
  return texts.flatMap((text) => [...text.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option ?? ''))
}

test('every command has its chapter in docs/commands.md', async () => {
  const { stdout } = await run(['--help'])
  for (const name of COMMANDS) {
    expect(stdout).toContain(`\n  ${name}`)
    expect(read('docs/commands.md')).toMatch(new RegExp(`^## .*\\b${name}\\b`, 'm'))
  }
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
