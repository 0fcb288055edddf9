import { beforeEach } from 'vitest'

// Most tests run everywhere, and inject the platform. These functions skip the others, and say why. They count for the file, or
// for the `describe` that calls them.

export const IS_WINDOWS = process.platform === 'win32'
export const IS_LINUX = process.platform === 'linux'

/** The platform for tests whose paths exist on this machine. */
export const PLATFORM: NodeJS.Platform = IS_WINDOWS ? 'win32' : 'linux'

/** A text whose paths have slashes, also on Windows. */
export function withSlashes(text: string): string {
  return IS_WINDOWS ? text.replaceAll('\\', '/') : text
}

/** Skips tests on Windows. @param what what they need that Windows lacks, such as `a POSIX shell` */
export function needsPosix(what: string): void {
  beforeEach(({ skip }) => skip(IS_WINDOWS, `needs ${what}`))
}

/** Skips tests on all platforms but Linux. @param what what they need that others lack, such as `/proc` */
export function needsLinux(what: string): void {
  beforeEach(({ skip }) => skip(!IS_LINUX, `needs ${what}`))
}
