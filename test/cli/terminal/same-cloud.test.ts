import { describe, expect, it } from 'vitest'
import { inSameCloud } from '../../../src/cli/terminal/same-cloud.js'
import { cloud } from '../../helpers/command.js'

describe('a command in a hint', () => {
  it.each([
    [{ osCloud: ['prod'] }, 'glance-tasks wait ID --os-cloud prod'],
    [{ osCloud: ['prod'], osRegionName: 'R1' }, 'glance-tasks wait ID --os-cloud prod --os-region-name R1'],
    [{ osCloud: ['a', 'b'] }, 'glance-tasks wait ID --os-cloud a --os-cloud b'],
    [{ osCloud: ['$(touch x)'] }, 'glance-tasks wait ID --os-cloud NAME'],
  ])('names the cloud of %j', (chosen, command) => {
    expect(inSameCloud('Continue with: glance-tasks wait ID', chosen)).toBe(`Continue with: ${command}`)
  })

  it.each([
    ['See: glance-tasks explain ID; then start it again: glance-tasks retry ID.', 2],
    ['`glance-tasks list --image ID` shows them.', 1],
    ['glance-tasks list --status pending,processing -f value -c id | glance-tasks wait -', 2],
    ['Increase --request-timeout, or find the slow part: glance-tasks doctor', 1],
    ['glance-tasks list (the newest), glance-tasks get ID', 2],
  ])('gets it at its end: %s', (hint, commands) => {
    const parts = inSameCloud(hint, { osCloud: ['c'] }).split(' --os-cloud c')
    expect(parts.join('')).toBe(hint)
    expect(parts).toHaveLength(commands + 1)
    for (const after of parts.slice(1)) expect(after).toMatch(/^($|[.,;`]| [|(])/)
  })

  it('keeps a cloud that it names, and a command that queries none', () => {
    const chosen = { osCloud: ['prod'] }
    for (const hint of ['glance-tasks wait ID --os-cloud east', 'glance-tasks clouds prod', 'glance-tasks logout']) {
      expect(inSameCloud(hint, chosen)).toBe(hint)
    }
    expect(inSameCloud('glance-tasks explain ID', { osCloud: ['a', 'b'] })).toBe('glance-tasks explain ID')
  })

  it('searches all regions as well', async () => {
    expect(inSameCloud('glance-tasks wait ID', { osCloud: ['c'], allRegions: true })).toBe(
      'glance-tasks wait ID --os-cloud c --all-regions',
    )
    expect(inSameCloud('glance-tasks get ID', { allRegions: true })).toBe('glance-tasks get ID')
    const { glance } = await cloud({ tasks: [{ id: 'a', status: 'failure' }] })
    // The first error is printed by the command, the second one by main().
    const waits = [['a', '--timeout', '0.001s'], ['a']]
    for (const wait of waits) {
      const { stderr } = await glance(['wait', ...wait, '--all-regions', '-q'])
      expect(stderr).toMatch(/hint: /)
    }
    const { stderr } = await glance(['wait', '5a17c0de-4c1d-4e2f-8a3b-9c0ffee00000', '--all-regions'])
    expect(stderr).toContain('glance-tasks list --all-regions')
  })

  it('is completed with the options of the command line', async () => {
    const { glance } = await cloud()
    const missing = ['get', '5a17c0de-4c1d-4e2f-8a3b-9c0ffee00000']
    expect((await glance(['--os-cloud', 'sandbox', ...missing])).stderr).toContain(
      'glance-tasks list --os-cloud sandbox',
    )
    expect((await glance(missing)).stderr).toMatch(/glance-tasks list\b/)
    const { stderr } = await glance([...missing, '--os-cloud', 'sandbox', '-f', 'json'])
    expect(JSON.parse(stderr).error.hint).toContain('glance-tasks list --os-cloud sandbox')
  })
})
