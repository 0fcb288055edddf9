import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The slowest test files, with the seconds of processor time that they and their processes take (2026-11-29, two cores). Those
 * that start programs wait for them, so most take about as long on the clock.
 */
export const SLOWEST: Record<string, number> = {
  'test/examples.test.ts': 12,
  'test/terminal/signals.test.ts': 10,
  'test/hostile-text.test.ts': 9,
  'test/cli/memory.test.ts': 8,
  'test/library/bundlers.test.ts': 7,
  'test/build/release.test.ts': 5,
  'test/cli/piped.test.ts': 5,
  'test/bin/package.test.ts': 5,
  'test/output/roundtrip.test.ts': 4,
  'test/action/action.test.ts': 4,
  'test/bin/glance-tasks.test.ts': 4,
  'test/terminal/prompts.test.ts': 3,
  'test/terminal/spinner.test.ts': 2,
}

/** Files in which services must answer in time. They run last, when the suites of test/real/own-cloud have ended. */
const LAST = ['test/real/faults.test.ts', 'test/real/sandbox-speed.test.ts']

/** Starts the slowest files first: a long file at the end would run alone, while the other cores have nothing to do. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId, project }: TestSpecification) => rank(moduleId.slice(project.config.root.length + 1))
    return (await super.sort(files)).sort((a, b) => rankOf(b) - rankOf(a))
  }
}

function rank(path: string): number {
  return SLOWEST[path] ?? -1 - LAST.indexOf(path)
}
