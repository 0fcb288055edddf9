import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** The package as npm would publish it, packed and installed into an empty folder below `cwd`. */
export async function install(cwd: string) {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', cwd], { cwd: root })
  const { filename, files } = firstOf(JSON.parse(stdout))
  const tarball = join(cwd, filename)
  const app = join(cwd, 'app')
  await mkdir(app)
  await writeFile(join(app, 'package.json'), '{"private": true, "type": "module"}')
  // Offline: what it needs at run time is in it.
  await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], { cwd: app })
  const binary = join(app, 'node_modules/glance-tasks/bin/glance-tasks.js')
  return { app, binary, tarball, files: files.map(({ path }) => path) }
}

interface Packed {
  filename: string
  files: { path: string }[]
}

/** Newer versions of npm give an object by package name where older ones give an array. */
function firstOf(packed: Packed[] | Record<string, Packed>): Packed {
  const [first] = Object.values(packed)
  if (!first) throw new Error('npm packed nothing')
  return first
}
