import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Environment } from '../../src/config/environment.js'
import { PLATFORM, withSlashes } from './platform.js'

/** Empty directories for one test: a working directory, a home directory and a site directory. */
export interface CloudFolder {
  root: string
  environment: Environment
  /** Writes a file below the root. Returns its path. */
  write(path: string, content: string | Buffer): string
  /** A text without the root, whose name is different each time: `/work/clouds.yaml`. */
  shown(text: string): string
}

export function cloudFolder(env: Record<string, string> = {}): CloudFolder {
  const root = mkdtempSync(join(tmpdir(), 'glance-tasks-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const name of ['work', 'home', 'site']) mkdirSync(join(root, name))
  return {
    root,
    environment: {
      env: { XDG_CONFIG_DIRS: join(root, 'site'), XDG_CACHE_HOME: join(root, 'home/.cache'), ...env },
      cwd: join(root, 'work'),
      home: join(root, 'home'),
      etc: join(root, 'etc'),
      platform: PLATFORM,
    },
    write(path, content) {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    shown: (text) => withSlashes(text).replaceAll(withSlashes(root), ''),
  }
}
