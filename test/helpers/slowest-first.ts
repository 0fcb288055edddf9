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
  // It measures times, so it runs when the suites of test/real/own-cloud have ended.
  'test/real/sandbox-speed.test.ts': -1,
}

/** Starts the slowest files first: a long file at the end would run alone, while the other cores have nothing to do. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId, project }: TestSpecification) =>
      SLOWEST[moduleId.slice(project.config.root.length + 1)] ?? 0
    return (await super.sort(files)).sort((a, b) => seconds(b) - seconds(a))
  }
}
