import { expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/logout.js'
import { folder, run } from '../../helpers/cli.js'
import { optionsOf } from '../../helpers/options.js'
import { PLATFORM } from '../../helpers/platform.js'
import { sandbox } from '../../helpers/sandbox.js'

it('logout forgets the tokens of one cloud, or all', async () => {
  const cloud = await sandbox()
  const world = { clouds: cloud.cloudsYaml, home: await folder(), platform: PLATFORM }
  const list = (name: string) => run(['list', '--os-cloud', name, '-q'], world)
  const logout = async (...argv: string[]) => (await run(['logout', ...argv], world)).stderr

  await list('sandbox')
  await list('sandbox')
  await list('sandbox-app')
  expect(cloud.logins()).toBe(2)
  expect(await logout('--os-cloud', 'sandbox')).toBe('Deleted 1 token.\n')
  await list('sandbox-app')
  expect(cloud.logins()).toBe(2)
  await list('sandbox')
  expect(cloud.logins()).toBe(3)
  expect(await logout()).toBe('Deleted 2 tokens.\n')
  expect(await logout()).toBe('Deleted 0 tokens.\n')
  expect(await logout('-q')).toBe('')

  await run(['list', '--os-cloud', 'sandbox', '--no-token-cache'], world)
  expect(await logout()).toBe('Deleted 0 tokens.\n')
})

it('the plan of logout has the clouds whose tokens to delete', () => {
  expect(parse(optionsOf({ osCloud: ['a', 'b'], quiet: true }))).toMatchObject({ clouds: ['a', 'b'], quiet: true })
  expect(parse(optionsOf())).toMatchObject({ clouds: undefined })
})
