import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { SlowestFirst } from './test/helpers/slowest-first.js'

export default defineConfig({
  test: {
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**'],
          globalSetup: ['test/helpers/shared-setup.ts'],
          // More workers than cores: a worker often waits for a program, a terminal or a timer.
          maxWorkers: availableParallelism() + 3,
          // Tests run most functions only a few times: if V8 optimises fewer, the run takes 5 % less processor time. Later versions of
          // Node.js have a cheaper compiler for such functions, and not this option.
          execArgv: process.version.startsWith('v20.') ? ['--interrupt-budget=600000'] : [],
          // A worker loads the program once, not once for each of the files that it runs. Tests leave nothing behind anyway.
          isolate: false,
          // Only a test that hangs reaches it, also on a machine that is ten times slower than usual.
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: 'cloud',
          include: ['test/real/**/*.test.ts'],
          exclude: ['test/real/own-cloud/**'],
          globalSetup: ['test/helpers/shared-setup.ts', 'test/real/setup.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          // Each file starts a real cloud of its own, with other settings.
          name: 'own-cloud',
          include: ['test/real/own-cloud/*.test.ts'],
          globalSetup: ['test/helpers/shared-setup.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
