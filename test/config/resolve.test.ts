import { describe, expect, test } from 'vitest'
import { type CloudSelection, resolveCloud, resolveRegions } from '../../src/config/resolve.js'
import { cloudFolder } from '../helpers/cloud-folder.js'

interface Situation {
  clouds?: string
  secure?: string
  env?: Record<string, string>
  selection?: CloudSelection
}

async function resolve({ clouds, secure, env, selection }: Situation) {
  const folder = cloudFolder(env)
  if (clouds !== undefined) folder.write('work/clouds.yaml', clouds)
  if (secure !== undefined) folder.write('work/secure.yaml', secure)
  return resolveCloud(selection ?? {}, folder.environment)
}

const cloud = (lines: string, name = 'one') => `clouds:\n  ${name}:\n${lines.replace(/^/gm, '    ')}\n`
const auth = (text: string) => cloud(`auth: {auth_url: "http://k", ${text}}`)

describe('which cloud', () => {
  const two = 'clouds: {one: {auth: {auth_url: "http://one"}}, two: {auth: {auth_url: "http://two"}}}'
  const openrc = { OS_AUTH_URL: 'http://env', OS_USERNAME: 'me' }
  test.each<[string, Situation, string]>([
    ['the option', { clouds: two, env: { OS_CLOUD: 'two', ...openrc }, selection: { cloud: 'one' } }, 'one'],
    ['OS_CLOUD', { clouds: two, env: { OS_CLOUD: 'two', ...openrc } }, 'two'],
    ['the OS_* variables', { clouds: two, env: openrc }, 'envvars'],
    ['the OS_* variables by their name', { clouds: two, env: openrc, selection: { cloud: 'envvars' } }, 'envvars'],
    ['the only one', { clouds: auth('username: me') }, 'one'],
    ['the only one, region chosen by variable', { clouds: auth(''), env: { OS_REGION_NAME: 'r' } }, 'one'],
    ['an empty variable is not set', { clouds: auth(''), env: { OS_USERNAME: '' } }, 'one'],
    [
      'the only one, and details of it',
      { clouds: auth(''), env: { OS_IMAGE_REGION_NAME: 'r', OS_API_TIMEOUT: '5' } },
      'one',
    ],
    ['a variable that is not a setting', { clouds: auth(''), env: { OS_DISTRIBUTION: 'debian' } }, 'one'],
    ['options alone', { selection: { options: { 'auth.auth_url': 'http://o' } } }, 'options'],
    ['a choice at the terminal', { clouds: two, selection: { choose: async (names) => names[1] } }, 'two'],
  ])('%s', async (_, situation, name) => {
    expect((await resolve(situation)).settings.name).toBe(name)
  })

  test.each<[string, Situation, string, string]>([
    ['several', { clouds: two }, 'contains 2 clouds: one, two.', 'Choose one with OS_CLOUD.'],
    [
      'a slip',
      { clouds: two, selection: { cloud: 'tow' } },
      'has no cloud "tow".',
      'Did you mean "two"? Available clouds: one, two.',
    ],
    ['none', { clouds: 'clouds:\n' }, ': no clouds in ', 'under "clouds:"'],
    ['an empty file', { clouds: '' }, ': no clouds in ', 'under "clouds:"'],
    [
      'two clouds with the same name',
      { clouds: cloud('{}', 'envvars'), env: { OS_USERNAME: 'me' } },
      'has a cloud "envvars", and OS_USERNAME define',
      'Unset',
    ],
  ])('%s: an error', async (_, situation, message, hint) => {
    const error = await resolve(situation).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
  })
})

describe('normalisation', () => {
  const user = { username: 'u', user_domain_id: 'default' }
  test.each<[string, string, Record<string, string>]>([
    [
      'text stays text',
      auth('password: 0123456, user_id: 007, project_id: 1e5'),
      { password: '0123456', user_id: '007', project_id: '1e5' },
    ],
    ['tenant', auth('tenant_id: i'), { project_id: 'i' }],
    ['the new name over the old', auth('project_id: p, tenant_id: t'), { project_id: 'p' }],
    ['dashes', auth('project-name: p, project-domain-name: d'), { project_name: 'p', project_domain_name: 'd' }],
    ['beside auth', cloud('auth_url: http://k\nusername: u\npassword: p'), { ...user, password: 'p' }],
    ['inside auth over beside it', cloud('username: x\nauth: {auth_url: "http://k", username: u}'), user],
    ['an empty value is none', auth('username: u, project_name: "", project_id:'), user],
    [
      'a domain for both',
      auth('username: u, project_name: p, domain_name: D'),
      { username: 'u', project_name: 'p', user_domain_name: 'D', project_domain_name: 'D' },
    ],
    [
      'a domain where one is missing',
      auth('username: u, project_name: p, domain_id: D, user_domain_name: U'),
      { username: 'u', project_name: 'p', user_domain_name: 'U', project_domain_id: 'D' },
    ],
    [
      'default_domain',
      auth('username: u, project_name: p, default_domain: D'),
      { username: 'u', project_name: 'p', user_domain_id: 'D', project_domain_id: 'D' },
    ],
    ['no domain', auth('username: u, project_name: p'), { ...user, project_name: 'p', project_domain_id: 'default' }],
    [
      'a domain as the scope',
      auth('username: u, domain_name: D'),
      { username: 'u', domain_name: 'D', user_domain_name: 'D' },
    ],
    [
      'a merge key',
      'base: &b {auth_url: "http://k", username: u}\nclouds: {one: {auth: {<<: *b, password: p}}}',
      { ...user, password: 'p' },
    ],
  ])('%s', async (_, clouds, expected) => {
    expect((await resolve({ clouds })).settings.auth).toEqual({ auth_url: 'http://k', ...expected })
  })

  test.each<[string, string, string]>([
    ['auth_plugin', 'auth_plugin: v3token', 'v3token'],
    ['auth_type over it', 'auth_plugin: v3token\nauth_type: v3password', 'v3password'],
    [
      'application credential first',
      'auth: {application_credential_id: a, token: t, password: p}',
      'v3applicationcredential',
    ],
    ['then the token', 'auth: {token: t, password: p}', 'token'],
    ['then the password', 'auth: {password: p}', 'password'],
    ['nothing', 'auth: {}', 'password'],
  ])('auth_type: %s', async (_, lines, type) => {
    expect((await resolve({ clouds: cloud(lines) })).settings.authType).toBe(type)
  })

  test.each([
    ['yes', false],
    ['ON', false],
    ['1', false],
    ['True', false],
    ['no', true],
    ['off', true],
    ['0', true],
    ['FALSE', true],
  ])('insecure: %s', async (text, verify) => {
    expect((await resolve({ clouds: cloud(`insecure: ${text}`) })).settings.tls.verify).toBe(verify)
  })

  test('insecure: true wins over verify', async () => {
    const { settings } = await resolve({ clouds: cloud('verify: true\ninsecure: true') })
    expect(settings.tls.verify).toBe(false)
    expect(settings.all).toMatchObject({ verify: false })
  })

  test('interfaces, and settings only for the image service', async () => {
    const lines = [
      'interface: [internalURL, public]',
      'region_name: r',
      'image_region_name: ir',
      'status_code_retries: 2',
    ]
    const { settings } = await resolve({
      clouds: cloud([...lines, 'image_connect_retries: 7', 'image_service_name: g', 'api_timeout: 1.5'].join('\n')),
    })
    expect(settings.image).toMatchObject({
      interfaces: ['internal', 'public'],
      regionName: 'ir',
      serviceType: 'image',
      serviceName: 'g',
      statusRetries: 2,
      connectRetries: 7,
    })
    expect(settings.timeout).toBe(1500)
    expect((await resolve({ clouds: cloud('endpoint_type: adminURL') })).settings.image.interfaces).toEqual(['admin'])
    expect((await resolve({ clouds: cloud('image_endpoint_type: admin') })).settings.image.interfaces).toEqual([
      'admin',
    ])
  })

  test('{region_name} is replaced, other braces are not', async () => {
    const lines = 'auth: {auth_url: "http://{region_name}.k/{x", password: "{region_name}"}\nregion_name: north'
    const { settings } = await resolve({ clouds: cloud(`${lines}\nimage_endpoint_override: http://{region_name}.g`) })
    expect(settings.auth).toMatchObject({ auth_url: 'http://north.k/{x', password: '{region_name}' })
    const beside = 'auth: {auth_url: http://k}\nregion_name: north\npassword: "{region_name}"'
    expect((await resolve({ clouds: cloud(beside) })).settings.auth.password).toBe('{region_name}')
    expect(settings.image.endpointOverride).toBe('http://north.g')
  })

  test('settings of other services are kept', async () => {
    const { settings } = await resolve({ clouds: cloud('compute_api_version: 2.79\nnetworks: [{name: a}]') })
    expect(settings.all).toMatchObject({ compute_api_version: '2.79', networks: [{ name: 'a' }] })
  })
})

describe('an invalid value is an error with its position', () => {
  test.each([
    ['verify: /etc/ca.pem', 'clouds.yaml:3:5: verify must be true or false', 'cacert'],
    ['insecure: maybe', 'clouds.yaml:3:5: insecure must be true or false', 'true or false'],
    ['api_timeout: soon', 'clouds.yaml:3:5: api_timeout must be a number of seconds', '60'],
    ['api_timeout: 0', 'clouds.yaml:3:5: api_timeout must be a number of seconds', '60'],
    ['image_connect_retries: -1', 'clouds.yaml:3:5: image_connect_retries must be a whole number', '5'],
    ['auth:\n  username: [a, b]', 'clouds.yaml:4:7: auth.username must be text, not a list', 'single value'],
    ['region_name: {a: b}\nregions: [{values: {}}]', 'clouds.yaml:4:15: A region must be', '- name: RegionOne'],
    ['profile: [a]', 'clouds.yaml:3:5: profile must be text', 'single value'],
    ['regions: [{name: r, values: x}]', 'clouds.yaml:3:25: The values of region "r" must be a mapping', 'settings'],
  ])('%s', async (lines, message, hint) => {
    await expect(resolve({ clouds: cloud(lines) })).rejects.toMatchObject({
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
  })

  test.each([
    ['- a\n- b', 'the file must be a mapping of names to settings, not a list'],
    ['clouds: [a]', 'clouds.yaml:1:1: "clouds" must be a mapping of names to settings, not a list'],
    [
      'clouds:\n  one:\n    auth: text',
      'clouds.yaml:3:5: "clouds.one.auth" must be a mapping of names to settings, not text',
    ],
    ['clouds:\n  one: text', 'clouds.yaml:2:3: "clouds.one" must be a mapping of names to settings, not text'],
  ])('%s', async (clouds, message) => {
    await expect(resolve({ clouds })).rejects.toThrow(message)
  })

  test('the error names a variable', async () => {
    const env = { OS_AUTH_URL: 'http://k', OS_INSECURE: 'maybe' }
    await expect(resolve({ env })).rejects.toThrow('insecure (OS_INSECURE) must be true or false')
  })
})

describe('precedence', () => {
  test('the environment overrides selectors of a cloud in the files, and adds missing secrets', async () => {
    const { settings } = await resolve({
      clouds: `${auth('username: me, project_name: p')}    interface: public\n    region_name: file\n`,
      env: {
        OS_CLOUD: 'one',
        OS_PASSWORD: 's3cret',
        OS_REGION_NAME: 'env',
        OS_INTERFACE: 'internal',
        OS_CACERT: '/ca',
        OS_CERT: '/cert',
        OS_KEY: '/key',
        OS_INSECURE: 'yes',
        OS_IMAGE_ENDPOINT_OVERRIDE: 'http://g',
      },
    })
    expect(settings).toMatchObject({
      auth: { password: 's3cret' },
      regionName: 'env',
      image: { interfaces: ['internal'], endpointOverride: 'http://g' },
      tls: { verify: false, cacert: '/ca', cert: '/cert', key: '/key' },
    })
  })

  test('a secret of a region is not missing', async () => {
    const regions = 'regions: [{name: north, values: {auth: {password: "of the region"}}}, south]'
    const clouds = `${auth('username: me')}    ${regions}\n`
    const passwordIn = async (OS_REGION_NAME: string) => {
      const { settings, warnings } = await resolve({
        clouds,
        env: { OS_CLOUD: 'one', OS_PASSWORD: 'x', OS_REGION_NAME },
      })
      return [settings.auth.password, warnings.length]
    }
    expect(await passwordIn('north')).toEqual(['of the region', 1])
    expect(await passwordIn('south')).toEqual(['x', 0])
  })

  test('a region and an interface for one run replace those that only the image service has', async () => {
    const clouds = cloud('image_region_name: file\nimage_interface: internal\nregions: [north, south]')
    const image = async (situation: Situation) => (await resolve({ clouds, ...situation })).settings.image
    expect(await image({})).toMatchObject({ regionName: 'file', interfaces: ['internal'] })
    const selected = { regionName: 'south', interfaces: ['admin'] }
    expect(await image({ env: { OS_CLOUD: 'one', OS_REGION_NAME: 'south', OS_INTERFACE: 'admin' } })).toMatchObject(
      selected,
    )
    const options = { region_name: 'south', interface: 'admin' }
    expect(await image({ selection: { options } })).toMatchObject(selected)
    expect(await image({ selection: { options: { ...options, image_region_name: 'other' } } })).toMatchObject({
      regionName: 'other',
    })
  })

  test('variables of the image service apply to it alone, and options replace them', async () => {
    const clouds = cloud('image_region_name: file\nimage_interface: internal\nregion_name: north')
    const env = { OS_CLOUD: 'one', OS_IMAGE_REGION_NAME: 'shared', OS_IMAGE_INTERFACE: 'admin' }
    const found = async (situation: Situation) => {
      const { regionName, image } = (await resolve(situation)).settings
      return [regionName, image.regionName, image.interfaces]
    }
    expect(await found({ clouds, env })).toEqual(['north', 'shared', ['admin']])
    const others = { ...env, OS_REGION_NAME: 'south', OS_INTERFACE: 'public' }
    expect(await found({ clouds, env: others })).toEqual(['south', 'shared', ['admin']])
    const options = { region_name: 'south', interface: 'public' }
    expect(await found({ clouds, env, selection: { options } })).toEqual(['south', 'south', ['public']])
    const alone = { ...env, OS_AUTH_URL: 'http://h', OS_CLOUD: '' }
    expect(await found({ env: alone })).toEqual([undefined, 'shared', ['admin']])
    expect(await found({ env: alone, selection: { options } })).toEqual(['south', 'south', ['public']])
  })

  test('each setting of a connection has the variable of openstacksdk, for a cloud of variables', async () => {
    const env = {
      OS_AUTH_URL: 'http://h',
      OS_VERIFY: 'no',
      OS_API_TIMEOUT: '7',
      OS_IMAGE_SERVICE_TYPE: 'images',
      OS_SERVICE_NAME: 'glance',
      OS_IMAGE_CONNECT_RETRIES: '3',
      OS_STATUS_CODE_RETRIES: '4',
      OS_IMAGE_URL: 'http://image',
    }
    expect((await resolve({ env })).settings).toMatchObject({
      tls: { verify: false },
      timeout: 7000,
      image: {
        serviceType: 'images',
        serviceName: 'glance',
        endpointOverride: 'http://image',
        connectRetries: 3,
        statusRetries: 4,
      },
    })
  })

  test('a token and the endpoint of the image service need no Keystone, as with the glance command', async () => {
    const env = { OS_AUTH_TOKEN: 't', OS_IMAGE_URL: 'http://image' }
    expect((await resolve({ env })).settings).toMatchObject({ authType: 'admin_token' })
    const withKeystone = { ...env, OS_AUTH_URL: 'http://k' }
    expect((await resolve({ env: withKeystone })).settings).toMatchObject({ authType: 'token' })
  })

  test('a region for one run keeps the region of the image service in its own values', async () => {
    const clouds = cloud(
      'image_region_name: file\nregions: [{name: north, values: {image_region_name: shared, image_interface: internal}}, south]',
    )
    const options = { region_name: 'north' }
    const found = { regionName: 'shared', interfaces: ['internal'] }
    expect((await resolve({ clouds, selection: { options } })).settings.image).toMatchObject(found)
    expect((await resolve({ clouds, env: { OS_CLOUD: 'one', OS_REGION_NAME: 'north' } })).settings.image).toMatchObject(
      found,
    )
    // An interface for one run replaces the interface of the region.
    const both = { ...options, interface: 'admin' }
    expect((await resolve({ clouds, selection: { options: both } })).settings.image).toMatchObject({
      regionName: 'shared',
      interfaces: ['admin'],
    })
  })

  test('other variables are ignored, with one warning if they disagree', async () => {
    const { settings, warnings } = await resolve({
      clouds: auth(
        'username: me, password: mine, user_domain_id: default, project_name: p, project_domain_id: default',
      ),
      env: { OS_CLOUD: 'one', OS_USERNAME: 'you', OS_PASSWORD: 'yours', OS_PROJECT_NAME: 'p', OS_AUTH_TYPE: 'v3totp' },
    })
    expect(settings).toMatchObject({ authType: 'password', auth: { username: 'me', password: 'mine' } })
    expect(warnings).toEqual([
      'OS_AUTH_TYPE, OS_USERNAME, OS_PASSWORD are ignored, because the cloud "one" from clouds.yaml has other settings.',
    ])
  })

  test('no warning for a variable with the same meaning', async () => {
    const { warnings } = await resolve({
      clouds: auth('username: me, user_domain_id: default, project_name: p, project_domain_name: Default'),
      env: {
        OS_CLOUD: 'one',
        OS_AUTH_TYPE: 'password',
        OS_USERNAME: 'me',
        OS_USER_DOMAIN_NAME: 'Default',
        OS_PROJECT_DOMAIN_ID: 'default',
        OS_IDENTITY_API_VERSION: '3',
      },
    })
    expect(warnings).toEqual([])
  })

  test.each(['admin_token', 'token_endpoint', ' Token_Endpoint '])(
    'no warning for another name of the same login method: %j',
    async (type) => {
      const { settings, warnings } = await resolve({
        clouds: cloud(`auth_type: "${type}"\nauth: {endpoint: "http://g"}`),
        env: { OS_CLOUD: 'one', OS_TOKEN: 't', OS_AUTH_TYPE: type },
      })
      expect(settings).toMatchObject({ authType: 'admin_token', auth: { token: 't' } })
      expect(warnings).toEqual([])
    },
  )

  test('a leftover OS_PROJECT_NAME does not break an application credential', async () => {
    const { settings, warnings } = await resolve({
      clouds: auth('application_credential_id: a'),
      env: { OS_CLOUD: 'one', OS_PROJECT_NAME: 'left', OS_APPLICATION_CREDENTIAL_SECRET: 's', OS_TOKEN: 't' },
    })
    expect(settings.authType).toBe('v3applicationcredential')
    expect(settings.auth).toEqual({
      auth_url: 'http://k',
      application_credential_id: 'a',
      application_credential_secret: 's',
    })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('OS_PROJECT_NAME, OS_TOKEN are ignored')
  })

  test('options override everything, and a name from the command line overrides an ID from the file', async () => {
    const { settings } = await resolve({
      clouds: auth('username: me, project_id: file-id, user_domain_id: x'),
      env: { OS_REGION_NAME: 'env' },
      selection: {
        cloud: 'one',
        options: { 'auth.project_name': 'mine', region_name: 'option', insecure: true, 'auth.password': '' },
        optionName: (path) => `--${path}`,
      },
    })
    expect(settings).toMatchObject({ regionName: 'option', tls: { verify: false } })
    expect(settings.auth).toMatchObject({ project_name: 'mine' })
    expect(settings.auth).not.toHaveProperty('project_id')
    expect(settings.sources['auth.project_name']).toEqual({ kind: 'option', name: '--auth.project_name' })
  })

  test('a scope from the command line replaces the scope in the file', async () => {
    const { settings } = await resolve({
      clouds: auth('username: me, project_name: p, domain_name: D'),
      selection: { options: { 'auth.system_scope': 'all' } },
    })
    expect(settings.auth).toEqual({ auth_url: 'http://k', username: 'me', user_domain_name: 'D', system_scope: 'all' })
  })
})

describe('regions', () => {
  const clouds = cloud(
    'auth: {auth_url: "http://k"}\nregions:\n- north\n- name: south\n  values: {interface: internal, auth: {project_id: s}}',
  )
  test('the first is the default', async () => {
    expect((await resolve({ clouds })).settings).toMatchObject({
      regionName: 'north',
      image: { interfaces: ['public'] },
    })
  })

  test.each<[string, Situation]>([
    ['region_name', { clouds: `${clouds}    region_name: south\n` }],
    ['OS_REGION_NAME', { clouds, env: { OS_REGION_NAME: 'south' } }],
    ['the option', { clouds, env: { OS_REGION_NAME: 'north' }, selection: { options: { region_name: 'south' } } }],
  ])('%s selects one, with its values', async (_, situation) => {
    const { settings } = await resolve(situation)
    expect(settings).toMatchObject({
      regionName: 'south',
      auth: { project_id: 's' },
      image: { interfaces: ['internal'] },
    })
  })

  test('an unlisted region is an error that lists the regions', async () => {
    await expect(resolve({ clouds, env: { OS_REGION_NAME: 'sout' } })).rejects.toMatchObject({
      message: expect.stringContaining('no region "sout"'),
      hint: 'Did you mean "south"? Its regions: north, south.',
    })
  })

  test('all regions, in order', async () => {
    const folder = cloudFolder({ OS_REGION_NAME: 'south' })
    folder.write('work/clouds.yaml', clouds)
    const all = await resolveRegions({}, folder.environment)
    expect(all.map(({ settings }) => [settings.regionName, settings.auth.project_id])).toEqual([
      ['north', undefined],
      ['south', 's'],
    ])
  })

  test('an empty list counts as none', async () => {
    const folder = cloudFolder()
    folder.write('work/clouds.yaml', cloud('auth: {auth_url: "http://k"}\nregions: []'))
    const named = async (...found: string[]) =>
      (await resolveRegions({}, folder.environment, async () => found)).map(({ settings }) => settings.regionName)
    expect(await named('north', 'south')).toEqual(['north', 'south'])
    expect(await named()).toEqual([undefined])
    const { settings } = await resolveCloud({ options: { region_name: 'any' } }, folder.environment)
    expect(settings.regionName).toBe('any')
  })

  test('all regions of a cloud whose image service has a region of its own', async () => {
    const folder = cloudFolder()
    folder.write('work/clouds.yaml', cloud('image_region_name: north\nregions: [north, south]'))
    const all = await resolveRegions({}, folder.environment)
    expect(all.map(({ settings }) => settings.image.regionName)).toEqual(['north', 'south'])
  })
})

describe('a usable oddity is a warning', () => {
  test('an unknown key in auth, with its position and a suggestion', async () => {
    const { warnings } = await resolve({ clouds: cloud('auth:\n  user_domian_name: Default\n  region_name: r') })
    expect(warnings).toEqual([
      expect.stringMatching(/clouds.yaml:4:7: unknown key "user_domian_name" .* Did you mean "user_domain_name"\?$/),
      expect.stringMatching(/clouds.yaml:5:7: unknown key "region_name" .* Put it next to auth, not inside it\.$/),
    ])
  })

  test('a duplicate key', async () => {
    const { warnings } = await resolve({ clouds: `${cloud('interface: public')}    interface: admin\n` })
    expect(warnings).toEqual([expect.stringMatching(/clouds.yaml:4:5: duplicate key/)])
  })

  test('an unknown profile', async () => {
    const { warnings } = await resolve({ clouds: cloud('profile: ohv') })
    expect(warnings).toEqual([expect.stringMatching(/clouds.yaml:3:5: .* profile "ohv".* Did you mean "ovh"\?$/)])
  })
})
