import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of this run: of what sharedFolder() makes, and of the folders of the tests. */
    shared: string
  }
}

/**
 * Makes the folder before the first test, and removes it after the last one. Removing the folder of each test at its end would take
 * longer: ext4 then searches for an inode that was not deleted just now, each time that a file is made.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = await mkdtemp(join(tmpdir(), 'glance-tasks-'))
  project.provide('shared', shared)
  return () => rm(shared, { recursive: true, force: true })
}
