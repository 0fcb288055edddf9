// How Stryker runs the tests that `npm run mutants` chose for a part.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: JSON.parse(process.env.MUTANTS_TESTS ?? '[]'),
    setupFiles: ['scripts/mutants-setup.js'],
    // A test that a mutant makes hang is noticed by Stryker's own timeout.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
