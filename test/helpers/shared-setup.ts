import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of what sharedFolder() makes. */
    shared: string
  }
}

/** Makes the folder before the first test, and removes it after the last one: a worker of vitest ends without notice. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = await mkdtemp(join(tmpdir(), 'glance-tasks-shared-'))
  project.provide('shared', shared)
  return () => rm(shared, { recursive: true, force: true })
}
