import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { finish, start } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { sandbox } from '../helpers/sandbox.js'

const PRELOAD = fileURLToPath(new URL('../helpers/v8-flags.cjs', import.meta.url))
const QUICK_RESET = '--no-liftoff-only --wasm-tier-up --wasm-dynamic-tiering'
const IS_NODE_20 = process.versions.node.startsWith('20.')

/** The V8 flags that the built program sets, in order. */
async function flagsOf(...argv: string[]): Promise<string[]> {
  const home = await folder()
  const [clouds, flags] = [join(home, 'clouds.yaml'), join(home, 'flags')]
  await writeFile(clouds, (await sandbox({ seed: 2500 })).cloudsYaml)
  await writeFile(flags, '')
  const env = { HOME: home, OS_CLIENT_CONFIG_FILE: clouds, OS_CLOUD: 'sandbox' }
  const child = start(argv, { ...env, NODE_OPTIONS: `--require "${PRELOAD}"`, FLAGS: flags })
  child.stdin?.end()
  expect(await finish(child)).toMatchObject({ status: 0 })
  return (await readFile(flags, 'utf8')).split('\n').filter(Boolean)
}

it.each([[['--version']], [['list', '--help']], [['clouds', '-f', 'json']]])(
  '%j, which opens no connection, sets no flag',
  async (argv) => {
    expect(await flagsOf(...argv)).toEqual([])
  },
)

/** Leaves out the resets while a file is loaded, each of which ends with the same flags as before. */
function withoutReloads(flags: string[], resets: string[], set: string[]): string[] {
  if (set.length === 0) return flags
  const reload = [...resets, ...set].join('\n')
  return flags.join('\n').replaceAll(`${reload}\n`, '').split('\n').filter(Boolean)
}

const EARLY = IS_NODE_20 ? ['--liftoff-only'] : []
const EARLY_RESET = IS_NODE_20 ? [QUICK_RESET] : []

it('a short command sets flags on Node 20 only, and resets them to load a file and at the exit', async () => {
  const flags = await flagsOf('list', '--limit', '10', '-f', 'json')
  expect(withoutReloads(flags, EARLY_RESET, EARLY)).toEqual([...EARLY, ...EARLY_RESET])
})

it('a list of more than two pages limits the memory, and resets all flags at the exit', async () => {
  const flags = await flagsOf('list', '-f', 'jsonl')
  const late = ['--semi-space-growth-factor=1', '--heap-growing-percent=20']
  const lateReset = ['--semi-space-growth-factor=2', '--heap-growing-percent=0']
  expect(withoutReloads(flags, EARLY_RESET, EARLY)).toEqual([...EARLY, ...late, ...EARLY_RESET, ...lateReset])
})
