import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npmCommand } from './npm.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Packs the built package into a folder, and returns the name of the tarball. npm sets all times to one moment, but keeps the
 * permissions of files, which depend on the umask of the clone: they are set first.
 */
export function packInto(folder) {
  const stage = mkdtempSync(join(tmpdir(), 'glance-tasks-pack-'))
  try {
    for (const path of packedFiles()) {
      cpSync(join(root, path), join(stage, path), { recursive: true })
      chmodSync(join(stage, path), isExecutable(path) ? 0o755 : 0o644)
      // npm reads no folder that it may not search.
      chmodSync(dirname(join(stage, path)), 0o755)
    }
    const [{ filename }] = npmPack(stage, '--pack-destination', resolve(folder))
    return filename
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

function packedFiles() {
  const [{ files }] = npmPack(root, '--dry-run')
  return files.map(({ path }) => path)
}

function isExecutable(path) {
  return (statSync(join(root, path)).mode & 0o100) !== 0
}

function npmPack(cwd, ...argv) {
  const [npm, first] = npmCommand()
  const words = [...first, 'pack', '--ignore-scripts', '--json', ...argv]
  const output = execFileSync(npm, words, { cwd, encoding: 'utf8' })
  // Newer versions of npm print an object with the packages by name, older ones an array.
  return Object.values(JSON.parse(output))
}
