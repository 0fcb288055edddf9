import { expect, it } from 'vitest'
import { folder, run } from '../../helpers/cli.js'
import { fakeCloud } from '../../helpers/fake-cloud.js'

it('logout forgets the tokens of one cloud, or all', async () => {
  const cloud = await fakeCloud()
  const section = `{auth: {auth_url: "${cloud.url}", username: me, password: p, project_name: x}}`
  const world = { clouds: `clouds: {one: ${section}, two: ${section}}`, home: await folder() }
  const list = (name: string) => run(['list', '--os-cloud', name, '-q'], world)
  const logout = async (...argv: string[]) => (await run(['logout', ...argv], world)).stderr

  await list('one')
  await list('one')
  await list('two')
  expect(cloud.logins()).toBe(2)
  expect(await logout('--os-cloud', 'one')).toBe('One token was forgotten.\n')
  await list('two')
  expect(cloud.logins()).toBe(2)
  await list('one')
  expect(cloud.logins()).toBe(3)
  expect(await logout()).toBe('2 tokens were forgotten.\n')
  expect(await logout()).toBe('No tokens were forgotten.\n')
  expect(await logout('-q')).toBe('')

  await run(['list', '--os-cloud', 'one', '--no-token-cache'], world)
  expect(await logout()).toBe('No tokens were forgotten.\n')
})
