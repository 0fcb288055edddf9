import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readConfigFile, versionOf } from '../../../src/config/file/read-file.js'

const NOW = 1_800_000_000_000
const STATS = { dev: 1n, ino: 2n, size: 3n, mtimeNs: 4n, ctimeNs: 1_799_999_999_899_999_999n } as BigIntStats

test.each(['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const)('the version of a file depends on its %s', (key) => {
  const version = versionOf(STATS, NOW)
  expect(version).toEqual(expect.any(String))
  expect(versionOf({ ...STATS } as BigIntStats, NOW)).toBe(version)
  expect(versionOf({ ...STATS, [key]: STATS[key] - 1n } as BigIntStats, NOW)).not.toBe(version)
})

test.each<[string, bigint]>([
  ['it changed within the last 100 ms', 1_799_999_999_900_000_000n],
  ['it changed in the future', 1_800_000_000_000_000_001n],
  ['the file system stores whole seconds only', 1_799_999_990_000_000_000n],
])('it is unknown if %s', (_, ctimeNs) => {
  expect(versionOf({ ...STATS, ctimeNs } as BigIntStats, NOW)).toBeUndefined()
})

test('a file that was read has its version', async () => {
  const file = fileURLToPath(new URL('../../../package.json', import.meta.url))
  const version = versionOf(await stat(file, { bigint: true }), Date.now())
  expect(version).toEqual(expect.any(String))
  expect((await readConfigFile(file))?.version).toBe(version)
})
