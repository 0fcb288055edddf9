import type { CommonOptions, CommonPlan } from '../../src/cli/options/common-options.js'

/** The options that commander passes to the `parse` of a command: its defaults, and these. */
export function optionsOf<Given extends object>(given?: Given): CommonOptions & CommonPlan & Given {
  const defaults: CommonPlan = { format: 'table', header: true, tokenCache: true, color: 'auto', progress: 'auto' }
  return { ...defaults, ...(given as Given) }
}
