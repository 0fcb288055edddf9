import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder for the home directories that those of usedHome() are copied from. */
    homes: string
  }
}

/** Makes the folder before the first test, and removes it after the last one: a worker of vitest ends without notice. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const homes = await mkdtemp(join(tmpdir(), 'glance-tasks-homes-'))
  project.provide('homes', homes)
  return () => rm(homes, { recursive: true, force: true })
}
