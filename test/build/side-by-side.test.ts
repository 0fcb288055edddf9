import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { folder } from '../helpers/cli.js'

const SCRIPT = fileURLToPath(new URL('../../scripts/side-by-side.js', import.meta.url))

it('scripts run side by side, each writes in one piece, and if one fails, all fail', async () => {
  const root = await folder()
  await mkdir(join(root, 'scripts'))
  await cp(SCRIPT, join(root, 'scripts/side-by-side.js'))
  // The first and the second one end only if both run at the same time.
  const scripts = {
    first: 'node wait.mjs second first',
    second: 'node wait.mjs first second',
    fails: 'node wait.mjs second "" && exit 3',
  }
  await writeFile(join(root, 'package.json'), JSON.stringify({ type: 'module', scripts }))
  const program = `import { existsSync, writeFileSync } from 'node:fs'
    const [other, own] = process.argv.slice(2)
    console.log('begins')
    if (own) writeFileSync(own, '')
    const timer = setInterval(() => existsSync(other) && (console.log('ends'), clearInterval(timer)), 10)`
  await writeFile(join(root, 'wait.mjs'), program)
  const run = (...names: string[]) =>
    promisify(execFile)(process.execPath, [join(root, 'scripts/side-by-side.js'), ...names]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
    )
  const { code, stdout } = await run('first', 'fails', 'second')
  expect(code).toBe(1)
  expect(stdout.replaceAll(/[\d.]+ s$/gm, '1 s')).toBe(
    [
      `== first: ${scripts.first}\nbegins\nends\n== first passed in 1 s`,
      `== fails: ${scripts.fails}\nbegins\nends\n== fails FAILED (3)`,
      `== second: ${scripts.second}\nbegins\nends\n== second passed in 1 s\n`,
    ].join('\n'),
  )
  expect((await run('first', 'second')).code).toBe(0)
  await expect(run('nothing')).resolves.toMatchObject({ code: 1 })
})
