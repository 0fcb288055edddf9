import type { CommonOptions } from '../../src/cli/options/common-options.js'

/** The options that commander passes to the `parse` of a command: its defaults, and these. */
export function optionsOf<Given extends object>(given?: Given): CommonOptions & Given {
  const defaults: CommonOptions = { format: 'table', header: true, tokenCache: true, color: 'auto', progress: 'auto' }
  return { ...defaults, ...(given as Given) }
}
