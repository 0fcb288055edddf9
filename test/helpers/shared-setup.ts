import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
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
  const shared = (await inMemory()) ?? (await newFolder(tmpdir()))
  // Some tests act as another user in their folder below.
  await chmod(shared, 0o711)
  project.provide('shared', shared)
  return () => remove(shared)
}

/** The memory that must be free, in bytes. The files take half a gigabyte, and the workers take more. */
const ROOM = 4 * 1024 ** 3

/**
 * A folder in memory, because the tests make thousands of files: on a disk, the run takes 5 % more processor time. Undefined if
 * the user has set TMPDIR, or where memory has no room for the files or runs no programs, as in many containers.
 */
async function inMemory(): Promise<string | undefined> {
  if (process.env.TMPDIR) return undefined
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }))
  if (Math.min(bavail * bsize, freemem()) < ROOM) return undefined
  const folder = await newFolder(MEMORY)
  const program = join(folder, 'program')
  try {
    await writeFile(program, '#!/bin/sh\n', { mode: 0o700 })
    await promisify(execFile)(program)
    return folder
  } catch {
    await remove(folder)
    return undefined
  }
}

const MEMORY = '/dev/shm'

const newFolder = (parent: string) => mkdtemp(join(parent, 'glance-tasks-'))
const remove = (folder: string) => rm(folder, { recursive: true, force: true })
