import { readFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The slowest files that start programs, in the order in which they start. Those that mostly wait for a terminal or a program
 * (2026-11-29, two cores: signals 20 s, spinner and piped 7 s, action and cli/signals 6 s) alternate with those that keep a core
 * busy, so that no core is idle.
 */
export const SLOWEST = [
  'test/terminal/signals.test.ts',
  'test/examples.test.ts',
  'test/cli/memory.test.ts',
  'test/cli/piped.test.ts',
  'test/build/release.test.ts',
  'test/terminal/spinner.test.ts',
  'test/bin/package.test.ts',
  'test/action/action.test.ts',
  'test/terminal/prompts.test.ts',
  'test/bin/glance-tasks.test.ts',
  'test/bin/compile-cache.test.ts',
  'test/terminal/import.test.ts',
  'test/identity/secrets.test.ts',
  'test/identity/tokens/token-cache-processes.test.ts',
  'test/cli/signals.test.ts',
]

/** Files after which a worker takes hundreds of megabytes, the slowest first. */
export const LARGE = [
  'test/hostile-text.test.ts',
  'test/library/bundlers.test.ts',
  'test/output/roundtrip.test.ts',
  'test/cli/options/variables.test.ts',
  'test/tasks/list/list.test.ts',
  'test/output/formats/table.test.ts',
]

/** Files in which services must answer in time. They run last, when the suites of test/real/own-cloud have ended. */
const LAST = ['test/real/faults.test.ts', 'test/real/sandbox-speed.test.ts']

/** What files that start programs import. */
const STARTS_PROGRAMS = /helpers\/(binary|completing-shell|home|installed|pty)\.js'|'node:child_process'/

/**
 * Starts slow files early: a long file at the end would run alone, while the other cores have nothing to do. Files that start
 * programs come before those that make a worker large, because each start copies the page tables of the worker: 16 ms for a
 * worker of 700 MB, 1 ms for one of 50 MB.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const ranks = new Map(sorted.map((file) => [file, rank(file)]))
    return sorted.sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0))
  }
}

/** Files of a lower rank start first. */
function rank({ moduleId, project }: TestSpecification): number {
  const path = moduleId.slice(project.config.root.length + 1)
  if (SLOWEST.includes(path)) return SLOWEST.indexOf(path)
  if (LARGE.includes(path)) return 200 + LARGE.indexOf(path)
  if (LAST.includes(path)) return 400 + LAST.indexOf(path)
  return STARTS_PROGRAMS.test(readFileSync(moduleId, 'utf8')) ? 100 : 300
}
