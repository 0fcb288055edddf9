import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**'],
          // A worker for each core: vitest would leave one core idle, which of two is half.
          maxWorkers: '100%',
          // Only a test that hangs reaches it, also on a machine that is ten times slower than usual.
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: 'cloud',
          include: ['test/real/**/*.test.ts'],
          globalSetup: ['test/real/setup.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
