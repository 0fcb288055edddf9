import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Environment } from '../../src/config/environment.js'

/** A machine of its own for one test: a working directory, a home and a site directory, all empty. */
export interface CloudFolder {
  root: string
  environment: Environment
  /** Writes a file below the root, and gives its path. */
  write(path: string, content: string | Buffer): string
}

export function cloudFolder(env: Record<string, string> = {}): CloudFolder {
  const root = mkdtempSync(join(tmpdir(), 'glance-tasks-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const name of ['work', 'home', 'site']) mkdirSync(join(root, name))
  return {
    root,
    environment: {
      env: { XDG_CONFIG_DIRS: join(root, 'site'), ...env },
      cwd: join(root, 'work'),
      home: join(root, 'home'),
      etc: join(root, 'etc'),
      platform: 'linux',
    },
    write(path, content) {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
  }
}
