/**
 * Whether the tests run as root, to whom permissions do not apply. `.ci/run` runs each test file that imports this module a
 * second time, as another user.
 */
export const isRoot = process.getuid?.() === 0
