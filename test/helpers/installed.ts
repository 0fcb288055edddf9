import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
// @ts-expect-error scripts have no types
import { npmCommand } from '../../scripts/npm.js'
import { TEST_PROGRAM } from './binary.js'

const run = promisify(execFile)
const [npm, first] = npmCommand()
const root = fileURLToPath(new URL('../..', import.meta.url))

/** The program under test, installed: TEST_PROGRAM, or the package, packed and installed below `cwd`. */
export async function installedProgram(cwd: string): Promise<string> {
  return TEST_PROGRAM ?? (await install(cwd)).binary
}

/** Packs the package as npm publishes it, and installs it into an empty folder below `cwd`. */
export async function install(cwd: string) {
  const { stdout } = await run(npm, [...first, 'pack', '--ignore-scripts', '--json', '--pack-destination', cwd], {
    cwd: root,
  })
  const { filename, files } = firstOf(JSON.parse(stdout))
  const tarball = join(cwd, filename)
  const app = join(cwd, 'app')
  await mkdir(app)
  await writeFile(join(app, 'package.json'), '{"private": true, "type": "module"}')
  // Offline, because the package contains all that it needs at run time.
  await run(npm, [...first, 'install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], {
    cwd: app,
  })
  const binary = join(app, 'node_modules/glance-tasks/bin/glance-tasks.js')
  return { app, binary, tarball, files: files.map(({ path }) => path) }
}

interface Packed {
  filename: string
  files: { path: string }[]
}

/** Newer versions of npm print an object keyed by package name, older ones an array. */
function firstOf(packed: Packed[] | Record<string, Packed>): Packed {
  const [first] = Object.values(packed)
  if (!first) throw new Error('npm packed nothing')
  return first
}
