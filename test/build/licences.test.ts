import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
// @ts-expect-error the scripts of the build have no types
import { licencesOf } from '../../scripts/licences.js'
import { folder } from '../helpers/cli.js'

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

it.each(['emoji-regex 8.0.0', 'undici 7.30.2', 'llhttp', 'js-yaml 4.3.2'])(
  'the licence of %s is in the package',
  (name) => {
    const text = read('dist/THIRD-PARTY-LICENSES.txt')
      .split('-'.repeat(80))
      .find((part) => part.trimStart().startsWith(name))
    expect(text).toMatch(/copyright/i)
    expect(text).toMatch(/permission is hereby granted/i)
  },
)

it('the build fails for a bundled package without a licence text', async () => {
  const bare = join(await folder(), 'node_modules/bare')
  await mkdir(bare, { recursive: true })
  await writeFile(join(bare, 'package.json'), '{"name": "bare", "version": "1.2.3", "license": "MIT"}')
  expect(() => licencesOf([join(bare, 'index.js')])).toThrow('bare 1.2.3 has no licence text')
  await writeFile(join(bare, 'LICENSE-MIT.txt'), 'You may.')
  expect(licencesOf([join(bare, 'index.js')])).toContain('bare 1.2.3 (MIT)\n\nYou may.')
})
