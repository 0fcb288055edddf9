import { describe, expect, it } from 'vitest'
import { cloudsPlan } from '../../../src/cli/options/several-clouds.js'
import { UsageError } from '../../../src/errors.js'

describe('several clouds', () => {
  it.each<[Parameters<typeof cloudsPlan>[0], boolean]>([
    [{}, false],
    [{ osCloud: ['a'] }, false],
    [{ osCloud: ['a', 'a'] }, false],
    [{ osCloud: ['a', 'b'] }, true],
    [{ allRegions: true }, true],
  ])('%j selects several: %s', (options, isSeveral) => {
    expect(cloudsPlan(options)).toMatchObject({ isSeveral, allRegions: options.allRegions === true })
  })

  it('come in the given order, each once', () => {
    expect(cloudsPlan({ osCloud: ['b', 'a', 'b'] }).clouds.map(({ cloud }) => cloud)).toEqual(['b', 'a'])
  })

  it('have no single region', () => {
    const parse = () => cloudsPlan({ allRegions: true, osRegionName: 'a' })
    expect(parse).toThrow(UsageError)
    expect(parse).toThrow(/--all-regions.*--os-region-name/)
    expect(cloudsPlan({ osCloud: ['a', 'b'], osRegionName: 'a' }).isSeveral).toBe(true)
  })
})
