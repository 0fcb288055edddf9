import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
// @ts-expect-error the scripts of the build have no types
import { releaseNotes } from '../../scripts/release-notes.js'
// @ts-expect-error the scripts of the build have no types
import { sbomOf } from '../../scripts/sbom.js'
import { folder } from '../helpers/cli.js'
import { packed } from '../helpers/installed.js'
import { needsPosix } from '../helpers/platform.js'

needsPosix('a POSIX shell')

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the tarball', () => {
  it('is the same under every umask', async () => {
    const copy = await folder()
    // The shared tarball was packed under the umask of this process, this one is packed under another.
    const umask = process.umask() === 0o077 ? '022' : '077'
    // Not a clone: what git does under a umask, cp does too.
    const paths = ['bin', 'dist', 'docs', 'examples', 'scripts', '.clouds.example.yaml', '*.md', '*.json', 'LICENSE']
    execFileSync('sh', ['-c', `umask ${umask} && cp -R ${paths.join(' ')} ${copy}`], { cwd: root })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const program = `import(${JSON.stringify(join(copy, 'scripts/pack.js'))}).then(({ packInto }) => console.log(packInto('.')))`
    const shell = `umask ${umask} && exec "$0" -e "$1"`
    const name = execFileSync('sh', ['-c', shell, process.execPath, program], { cwd: copy, encoding: 'utf8' }).trim()
    expect(checksum(join(copy, name))).toBe(checksum(await packed()))
  })
})

function checksum(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

it('the completion scripts do not depend on the variables of the user who builds them', () => {
  const program = `import(${JSON.stringify(join(root, 'scripts/completions.js'))}).then((m) => console.log(JSON.stringify(m.completionScripts())))`
  const env = { ...process.env, GLANCE_TASKS_FORMAT: 'nonsense' }
  const scripts: Record<string, string> = JSON.parse(
    execFileSync(process.execPath, ['-e', program], { env, encoding: 'utf8' }),
  )
  expect(Object.keys(scripts).sort()).toEqual(readdirSync(join(root, 'dist/completions')).sort())
  for (const text of Object.values(scripts)) expect(text).toContain('__complete')
})

describe('the release notes', () => {
  const changelog =
    '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-29\n\n### Added\n\n- One.\n\n## [0.1.0]\n\n- Zero.\n'

  it('are the section of the version', () => {
    expect(releaseNotes(changelog, '0.2.0')).toBe('### Added\n\n- One.\n')
  })

  it('must exist', () => {
    expect(() => releaseNotes(changelog, '0.3.0')).toThrow('has no section [0.3.0]')
  })

  it('must be complete', () => {
    const open = changelog.replace('[Unreleased]\n', '[Unreleased]\n\n- Two.\n')
    expect(() => releaseNotes(open, '0.2.0')).toThrow('still has changes under [Unreleased]')
  })
})

describe('the bill of materials', () => {
  const files = [
    join(root, 'node_modules/undici/index.js'),
    join(root, 'node_modules/undici/lib/llhttp/llhttp-wasm.js'),
    join(root, 'node_modules/js-yaml/index.js'),
    join(root, 'src/index.ts'),
  ]

  const sbom = sbomOf(files)

  it('has the packages of these files, with version, licence and checksum', () => {
    const { components, metadata } = sbom
    expect(metadata.component).toMatchObject({ name: 'glance-tasks' })
    expect(components).toHaveLength(3)
    const versionOf = (name: string) =>
      JSON.parse(readFileSync(join(root, `node_modules/${name}/package.json`), 'utf8')).version
    for (const name of ['undici', 'js-yaml']) {
      expect(components).toContainEqual(
        expect.objectContaining({
          purl: `pkg:npm/${name}@${versionOf(name)}`,
          hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
          licenses: [{ license: expect.objectContaining({ id: 'MIT' }) }],
        }),
      )
    }
    expect(components).toContainEqual({ type: 'library', name: 'llhttp', licenses: [{ license: { id: 'MIT' } }] })
  })

  it('is the same each time', () => {
    expect(sbomOf(files)).toEqual(sbom)
  })
})
