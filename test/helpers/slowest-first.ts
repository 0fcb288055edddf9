import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The slowest test files, in the order in which they start. Those that mostly wait for a terminal or a program (2026-11-29, two
 * cores: signals 27 s, spinner 10 s, piped, action and glance-tasks 9 s, import and cli/signals 6 s) alternate with those that keep
 * a core busy, so that no core is idle.
 */
export const SLOWEST = [
  'test/terminal/signals.test.ts',
  'test/examples.test.ts',
  'test/hostile-text.test.ts',
  'test/cli/memory.test.ts',
  'test/library/bundlers.test.ts',
  'test/cli/piped.test.ts',
  'test/build/release.test.ts',
  'test/terminal/spinner.test.ts',
  'test/bin/package.test.ts',
  'test/output/roundtrip.test.ts',
  'test/action/action.test.ts',
  'test/cli/options/variables.test.ts',
  'test/terminal/prompts.test.ts',
  'test/bin/glance-tasks.test.ts',
  'test/bin/compile-cache.test.ts',
  'test/terminal/import.test.ts',
  'test/identity/secrets.test.ts',
  'test/identity/tokens/token-cache-processes.test.ts',
  'test/cli/signals.test.ts',
]

/** Files in which services must answer in time. They run last, when the suites of test/real/own-cloud have ended. */
const LAST = ['test/real/faults.test.ts', 'test/real/sandbox-speed.test.ts']

/** Starts the slowest files first: a long file at the end would run alone, while the other cores have nothing to do. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId, project }: TestSpecification) => rank(moduleId.slice(project.config.root.length + 1))
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b))
  }
}

/** Files of a lower rank start first. */
function rank(path: string): number {
  if (LAST.includes(path)) return SLOWEST.length + 1 + LAST.indexOf(path)
  return SLOWEST.includes(path) ? SLOWEST.indexOf(path) : SLOWEST.length
}
