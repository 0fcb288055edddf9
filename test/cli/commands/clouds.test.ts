import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/clouds.js'
import { folder, run } from '../../helpers/cli.js'
import { optionsOf } from '../../helpers/options.js'
import { withSlashes } from '../../helpers/platform.js'

const CLOUDS = `\
clouds:
  one:
    auth:
      auth_url: http://user:planted-in-url@k:5000
      username: me
      password: planted-password
      pasword: planted-slip
    region_name: north
    verify: no
    x_password: planted-other
  two:
    auth_type: v3applicationcredential
    regions: [a, b]
  wrong:
    verify: maybe
`

describe('the plan of clouds', () => {
  const plan = (name: string | undefined, given: object = {}) => {
    const { selection, isAll, columns } = parse(name, optionsOf(given))
    return { cloud: selection.cloud, isAll, columns: columns.columns.map((column) => column.name) }
  }

  it('is about all clouds, or the one that is named, in either way', () => {
    const setting = ['setting', 'value', 'source']
    expect(plan(undefined)).toEqual({ cloud: undefined, isAll: true, columns: ['name', 'auth_type', 'region', 'file'] })
    expect(plan('one')).toEqual({ cloud: 'one', isAll: false, columns: setting })
    expect(plan(undefined, { osCloud: ['one'] })).toEqual({ cloud: 'one', isAll: false, columns: setting })
    expect(plan('one', { osCloud: ['one', 'one'] })).toEqual({ cloud: 'one', isAll: false, columns: setting })
  })

  it('has the columns of an object for json and yaml, and those of -c', () => {
    expect(plan('one', { format: 'yaml' }).columns).toEqual(['name', 'settings', 'sources'])
    expect(plan('one', { format: 'csv', column: [' Value ', 'value'] }).columns).toEqual(['value'])
  })

  it.each<[object, string]>([
    [{ osCloud: ['two'] }, 'only one cloud'],
    [{ format: 'shell' }, '-f shell'],
    [{ column: ['settings'] }, 'Unknown column "settings"'],
  ])('%j is a usage error', (given, message) => {
    expect(() => plan('one', given)).toThrow(message)
  })

  it('is not about the usual cloud if the name is empty', () => {
    expect(() => plan('')).toThrow('NAME must not be empty.')
  })
})

describe('clouds', () => {
  it('lists every cloud with its way to log in, its region and its file', async () => {
    const { status, stdout, stderr } = await run(['clouds', '-f', 'json'], { clouds: CLOUDS })
    expect(status).toBe(0)
    const file = expect.stringMatching(/clouds\.yaml$/)
    expect(JSON.parse(stdout)).toEqual([
      { name: 'one', auth_type: 'password', region: 'north', file },
      { name: 'two', auth_type: 'v3applicationcredential', region: 'a', file },
      { name: 'wrong', auth_type: null, region: null, file },
    ])
    expect(stderr).toContain('clouds.yaml:15:5: verify must be true or false')
  })

  it('has the cloud made of variables too', async () => {
    const env = { OS_AUTH_URL: 'http://k', OS_TOKEN: 't' }
    const { stdout } = await run(['clouds', '-f', 'value', '-c', 'name,auth_type'], { clouds: CLOUDS, env })
    expect(stdout).toBe('one password\ntwo v3applicationcredential\nwrong \nenvvars token\n')
  })

  it('is a table of four columns by default, and warns unless with --quiet', async () => {
    const { stdout, stderr } = await run(['clouds'], { clouds: CLOUDS })
    expect(stdout).toMatch(/^\| name +\| auth_type +\| region +\| file +\|$/m)
    expect(stderr).toMatch(/^warning: /)
    for (const argv of [['clouds'], ['clouds', 'one']]) {
      expect(await run([...argv, '-q'], { clouds: CLOUDS })).toMatchObject({ status: 0, stderr: '' })
    }
  })

  it('without any: an empty list, and the places that were searched', async () => {
    const { status, stdout, stderr } = await run(['clouds', '-f', 'json'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: '[]\n' })
    expect(withSlashes(stderr)).toContain('/etc/openstack\n')
  })
})

describe('clouds NAME', () => {
  it('shows every setting and its source, with masked secrets', async () => {
    const argv = ['clouds', 'one', '--os-username', 'you', '-f', 'json']
    const { status, stdout, stderr } = await run(argv, { clouds: CLOUDS, env: { OS_INTERFACE: 'internal' } })
    expect(status).toBe(0)
    const { name, settings, sources } = JSON.parse(stdout)
    expect(name).toBe('one')
    expect(settings).toEqual({
      auth_type: 'password',
      auth: {
        auth_url: 'http://***@k:5000',
        username: 'you',
        password: '***',
        user_domain_id: 'default',
        pasword: '***',
      },
      region_name: 'north',
      interface: 'internal',
      verify: false,
      cache: { auth: true },
      x_password: '***',
    })
    const at = (line: number) => expect.stringMatching(new RegExp(`[\\\\/]clouds\\.yaml:${line}$`))
    expect(sources).toEqual({
      auth_type: 'default (from the other settings)',
      'auth.auth_url': at(4),
      'auth.username': '--os-username',
      'auth.password': at(6),
      'auth.user_domain_id': 'default',
      'auth.pasword': at(7),
      region_name: at(8),
      interface: 'OS_INTERFACE',
      verify: at(9),
      'cache.auth': 'default',
      x_password: at(10),
    })
    expect(stdout + stderr).not.toContain('planted')
    expect(stderr).toContain('unknown key "pasword" in auth of the cloud "one". Did you mean "password"?')
  })

  it('is a table of settings by default; the name may be given twice', async () => {
    const { status, stdout } = await run(['clouds', 'one', '--os-cloud', 'one'], { clouds: CLOUDS })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^\| setting +\| value +\| source +\|$/m)
  })

  it('names a profile as a source', async () => {
    const clouds = 'clouds: {mine: {profile: otc, auth: {username: me}}}'
    const { stdout } = await run(['clouds', '--os-cloud', 'mine', '-f', 'json'], { clouds })
    expect(JSON.parse(stdout)).toMatchObject({
      settings: { auth: { auth_url: 'https://iam.eu-de.otc.t-systems.com/v3' }, region_name: 'eu-de' },
      sources: { 'auth.auth_url': 'profile otc', region_name: 'profile otc' },
    })
  })

  it('has a line for each setting in a table, CSV or value', async () => {
    const { stdout } = await run(['clouds', 'one', '-f', 'value', '-c', 'setting,value'], { clouds: CLOUDS })
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'auth_type password',
      'auth.auth_url http://***@k:5000',
      'auth.username me',
      'auth.password ***',
    ])
  })

  it('shows a key with a dot in quotes, apart from the nested key of the same spelling', async () => {
    const clouds = 'clouds: {one: {auth: {auth_url: "http://k"}, "auth.auth_url": x, "a.b": [1], a: {b: {c.d: 2}}}}'
    const { stdout } = await run(['clouds', 'one', '-f', 'csv', '-c', 'setting,value', '--no-header'], { clouds })
    const lines = stdout.trim().split('\n')
    expect(lines).toContain('"auth.auth_url","http://k"')
    expect(lines).toContain('"""auth.auth_url""","x"')
    expect(lines).toContain('"""a.b""","[""1""]"')
    const json = JSON.parse((await run(['clouds', 'one', '-f', 'json'], { clouds })).stdout)
    expect(json.settings).toMatchObject({
      auth: { auth_url: 'http://k' },
      'auth.auth_url': 'x',
      a: { b: { 'c.d': '2' } },
    })
    expect(json.sources).toHaveProperty(['a.b."c.d"'])
  })

  it.each(['{a: {b: {c: 1}}}|{a: 2}', '{a: 1}|{a: {b: {c: 2}}}'])(
    'shows a cloud whose secure.yaml replaces %s',
    async (pair) => {
      const [below, above] = pair.split('|')
      const secure = join(await folder(), 'secure.yaml')
      await writeFile(secure, `clouds: {one: ${above}}`)
      const { status, stdout } = await run(['clouds', 'one', '-f', 'value', '-c', 'setting,value'], {
        clouds: `clouds: {one: ${below}}`,
        env: { OS_CLIENT_SECURE_FILE: secure },
      })
      expect(status).toBe(0)
      expect(stdout).toMatch(/^(a 2|a\.b\.c 2)$/m)
    },
  )

  it.each([
    [['clouds', 'three'], 'has no cloud "three"'],
    [['clouds', 'one', '--os-cloud', 'two'], 'clouds accepts only one cloud'],
    [['clouds', '-f', 'shell'], '-f shell can print only one task'],
    [['clouds', '-c', 'nmae'], 'Unknown column "nmae"'],
    [['clouds', 'one', '-f', 'json', '-c', 'value'], '"code":"usage","message":"Unknown column'],
  ])('%j: an error', async (argv, message) => {
    const { status, stdout, stderr } = await run(argv, { clouds: CLOUDS })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

it.each([60, 80])('in a terminal of %i columns, the settings of a cloud are wrapped and never cut', async (columns) => {
  const { stdout } = await run(['clouds', 'one', '-q'], { clouds: CLOUDS, terminal: { columns } })
  expect(stdout).not.toContain('…')
  for (const line of stdout.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
  const column = (at: number) => stdout.split('\n').map((line) => line.split('|')[at]?.trim() ?? '')
  expect(column(1)).toContain('auth.username')
  expect(column(1)).toContain('region_name')
  // The cells of the row of auth_type, joined: they were broken between words.
  expect(column(3).join(' ')).toContain('default (from the other settings)')
})

describe.each([60, 80])('at %i columns', (columns) => {
  const terminal = { columns }
  const names = ['sandbox-member', 'production-eu-central', 'a-cloud-with-a-very-long-name']

  it('the names of clouds and regions are whole, as a user copies them', async () => {
    const one = (name: string) => `  ${name}: {auth_type: v3applicationcredential, region_name: RegionOne, auth: {}}\n`
    for (const name of names) {
      const { stdout } = await run(['clouds'], { clouds: `clouds:\n${one('prod')}${one(name)}`, terminal })
      expect(stdout).toMatch(new RegExp(`(^| )${name}( |$)`, 'm'))
      expect(stdout).toMatch(/(^| )RegionOne( |$)/m)
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
    }
  })

  it('the names of settings are whole', async () => {
    const clouds = 'clouds: {one: {auth: {application_credential_id: a, application_credential_secret: b}}}'
    const { stdout } = await run(['clouds', 'one'], { clouds, terminal })
    expect(stdout).toMatch(/(^| )auth\.application_credential_secret( |$)/m)
  })
})
