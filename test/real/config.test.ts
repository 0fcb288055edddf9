import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, outcomesOf, type Settings } from './helpers/compare-settings.js'
import { CONFIGURATIONS } from './helpers/configurations.js'
import { OPENSTACKSDK_DIFFERENCES } from './helpers/openstacksdk-differences.js'

/** Compares our settings with openstacksdk's, because users expect both to read a clouds.yaml alike. */

interface Both {
  here: Outcome
  there: Outcome
}

describe('the same settings as openstacksdk', () => {
  let outcomes: Both[]
  beforeAll(async () => {
    outcomes = await outcomesOf(CONFIGURATIONS)
  })

  it('are tested with at least sixty configurations', () => {
    expect(CONFIGURATIONS.filter(({ fails }) => !fails).length).toBeGreaterThanOrEqual(60)
    expect(new Set(CONFIGURATIONS.map(({ name }) => name)).size).toBe(CONFIGURATIONS.length)
  })

  it.each(CONFIGURATIONS.map((configuration, index) => ({ ...configuration, index })))(
    '$name',
    ({ index, fails = false, compare }) => {
      const { here, there } = outcomes[index] as Both
      if (fails) {
        expect([Object.keys(here), Object.keys(there)]).toEqual([['error'], ['error']])
        return
      }
      expect(there).not.toHaveProperty('error')
      // The default number of retries differs between the programs.
      const isCompared = (key: string) => (compare ? compare.includes(key as keyof Settings) : key !== 'status_retries')
      const chosen = (outcome: Outcome) =>
        Object.fromEntries(Object.entries(outcome).filter(([key]) => isCompared(key)))
      expect(chosen(here)).toEqual(chosen(there))
    },
  )
})

describe('intended differences from openstacksdk', () => {
  let outcomes: Both[]
  beforeAll(async () => {
    outcomes = await outcomesOf(OPENSTACKSDK_DIFFERENCES)
  })

  it.each(OPENSTACKSDK_DIFFERENCES.map((difference, index) => ({ ...difference, index })))(
    '$name: $reason',
    (difference) => {
      const { here, there } = outcomes[difference.index] as Both
      expect(here).toEqual(asExpected(difference.here))
      expect(there).toEqual(asExpected(difference.there))
      expect(here).not.toEqual(there)
    },
  )

  it('are listed in docs/configuration.md', () => {
    const docs = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
    for (const { name, reason } of OPENSTACKSDK_DIFFERENCES) expect(docs).toMatch(rowOf(name, reason))
  })
})

/** Matches a row of a Markdown table, with any number of spaces around the cells. */
function rowOf(...cells: string[]): RegExp {
  return new RegExp(cells.map((cell) => `\\| +${cell.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} +`).join(''))
}

function asExpected(outcome: Partial<Settings> | string): unknown {
  return typeof outcome === 'string' ? { error: expect.stringContaining(outcome) } : expect.objectContaining(outcome)
}
