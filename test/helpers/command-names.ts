import { readdirSync } from 'node:fs'

/** The names of all commands, sorted: each has a file of its own. */
export const COMMAND_NAMES = readdirSync(new URL('../../src/cli/commands/', import.meta.url))
  .map((file) => file.replace(/\.ts$/, ''))
  .sort()
