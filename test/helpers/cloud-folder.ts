import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inject } from 'vitest'
import type { Environment } from '../../src/config/environment.js'
import { PLATFORM, withSlashes } from './platform.js'

/** Empty directories for one test: a working directory, a home directory and a site directory. They are removed when the run ends. */
export interface CloudFolder {
  root: string
  environment: Environment
  /** Writes a file below the root. Returns its path. */
  write(path: string, content: string | Buffer): string
  /** A text without the root, whose name is different each time: `/work/clouds.yaml`. */
  shown(text: string): string
}

export function cloudFolder(env: Record<string, string> = {}): CloudFolder {
  const root = mkdtempSync(join(inject('shared'), 'c'))
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
