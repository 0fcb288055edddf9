import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8')

const files = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter(
    (path) => /\.[cm]?[jt]s$/.test(path) && !['test/helpers/user.ts', 'test/build/second-run.test.ts'].includes(path),
  )
const importers = files.filter((path) => /from '(\.\.?\/)+helpers\/user\.js'/.test(read(path)))

it('every test that depends on the user who runs it asks test/helpers/user.ts', () => {
  const askers = files.filter((path) => /\b[gs]ete?[ug]id\b|\buserInfo\b/.test(read(path).replaceAll(/\/\/.*/g, '')))
  expect(importers.length).toBeGreaterThan(4)
  expect(importers.filter((path) => !path.endsWith('.test.ts'))).toEqual([])
  expect(askers.filter((path) => !importers.includes(path))).toEqual([])
})

it.runIf(process.platform === 'linux')('CI runs each of them again, as another user, and tests of the program', () => {
  const [, command = ''] = /^tests_of_users\(\) \{ (.*); \}$/m.exec(read('.ci/run')) ?? []
  const chosen = execFileSync('bash', ['-c', command], { cwd: root, encoding: 'utf8' }).trim().split('\n')
  expect(chosen.sort()).toEqual([...importers, 'test/bin'].sort())
})
