// The vitest configuration with which Stryker runs the tests that `npm run mutants` selected.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: JSON.parse(process.env.MUTANTS_TESTS ?? '[]'),
    setupFiles: ['scripts/mutants-setup.js'],
    // Stryker's own timeout handles tests that hang.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
