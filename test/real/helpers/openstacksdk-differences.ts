import type { Configuration, Settings } from './compare-settings.js'
import { at, authOf, cloud, one, scoped, user } from './write-clouds.js'

/** A configuration that this project means to read otherwise than openstacksdk does. */
export interface Difference extends Configuration {
  /** Why; docs/configuration.md says it too. */
  reason: string
  /** What this project makes of it: these settings, or an error that holds this text. */
  here: Partial<Settings> | string
  /** What openstacksdk makes of it. */
  there: Partial<Settings> | string
}

const text: Difference[] = [
  {
    name: 'password: 0123456',
    reason:
      'A scalar is the text that was written: YAML 1.1 takes a leading zero for octal, and sends another password.',
    files: authOf('username: me, password: 0123456, user_domain_id: d'),
    here: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: '0123456', user_domain_id: 'd' } },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: '42798', user_domain_id: 'd' } },
  },
  {
    name: 'username: 007',
    reason: 'A scalar is the text that was written.',
    files: authOf('username: 007, password: p, user_domain_id: d'),
    here: { auth: { auth_url: 'http://k:5000/v3', username: '007', password: 'p', user_domain_id: 'd' } },
    there: { auth: { auth_url: 'http://k:5000/v3', username: '7', password: 'p', user_domain_id: 'd' } },
  },
  {
    name: 'password: no',
    reason: 'A scalar is the text that was written; openstacksdk takes it for false, and drops it.',
    files: authOf('username: me, password: no, user_domain_id: d'),
    here: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: 'no', user_domain_id: 'd' } },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', user_domain_id: 'd' } },
  },
  {
    name: 'insecure: "1"',
    reason:
      'yes, no, on, off, true, false, 1 and 0 are booleans, quoted or not; openstacksdk takes all but "true" for false.',
    files: cloud('insecure: "1"'),
    here: { verify: false },
    there: { verify: true },
  },
  {
    name: 'insecure: maybe',
    reason: 'What is no boolean is an error, not false.',
    files: cloud('insecure: maybe'),
    here: 'insecure must be true or false',
    there: { verify: true },
  },
  {
    name: 'api_timeout: soon',
    reason: 'What is no number is an error.',
    files: cloud('api_timeout: soon'),
    here: 'api_timeout must be a number of seconds',
    there: {},
  },
  {
    name: 'a stray brace in auth_url',
    reason: 'Only {region_name} is filled in; openstacksdk runs every brace through str.format.',
    files: { 'work/clouds.yaml': one(`auth: {auth_url: "http://k/{x}", ${scoped}}`) },
    here: { name: 'one' },
    there: 'KeyError',
  },
]

const files: Difference[] = [
  {
    name: 'OS_CLIENT_CONFIG_FILE that does not exist',
    reason: 'A file that was named and is not there is an error; openstacksdk takes the next one in silence.',
    files: cloud(),
    env: { OS_CLIENT_CONFIG_FILE: '{root}/nowhere.yaml' },
    here: 'which OS_CLIENT_CONFIG_FILE names',
    there: { name: 'one' },
  },
  {
    name: 'clouds: without a value',
    reason: 'A clear error, never a crash.',
    files: { 'work/clouds.yaml': 'clouds:\n' },
    here: 'has no clouds',
    there: 'TypeError',
  },
  {
    name: 'auth: without a value',
    reason: 'A clear error, never a crash.',
    files: { 'work/clouds.yaml': one('auth:\nregion_name: r') },
    here: 'has no auth_url',
    there: 'TypeError',
  },
  {
    name: 'region_name: without a value',
    reason: 'A key without a value is not given; openstacksdk crashes on this one.',
    files: cloud('region_name:'),
    here: { region: null },
    there: 'AttributeError',
  },
  {
    name: 'an alias bomb',
    reason: 'Aliases that multiply without end are refused; openstacksdk follows them until Python gives up.',
    files: { 'work/clouds.yaml': `a: &a {k: v}\nclouds:\n  one: &b {x: *a, y: *b}\n` },
    cloud: 'one',
    here: 'aliases multiply without end',
    there: 'RecursionError',
  },
]

const choice: Difference[] = [
  {
    name: 'a variable that is no setting',
    reason:
      'Only variables that mean a setting make a cloud; openstacksdk takes any OS_* for one, and then misses auth_url.',
    files: cloud(),
    env: { OS_DISTRIBUTION: 'debian' },
    here: { name: 'one' },
    there: 'auth_url',
  },
  {
    name: 'no cloud at all',
    reason: 'The error lists the places that were searched.',
    files: {},
    here: '/etc/openstack/clouds.yaml',
    there: 'auth_url',
  },
]

const named = { OS_CLOUD: 'one' }
const precedence: Difference[] = [
  {
    name: 'OS_REGION_NAME beside a named cloud',
    reason: 'The selectors override a named cloud, as with the openstack command.',
    files: cloud('region_name: file'),
    env: { ...named, OS_REGION_NAME: 'variable' },
    here: { region: 'variable' },
    there: { region: 'file' },
  },
  {
    name: 'OS_INTERFACE, OS_CACERT and OS_IMAGE_ENDPOINT_OVERRIDE beside a named cloud',
    reason: 'The selectors override a named cloud, as with the openstack command.',
    files: cloud(),
    env: { ...named, OS_INTERFACE: 'internal', OS_CACERT: '/ca.pem', OS_IMAGE_ENDPOINT_OVERRIDE: 'http://g' },
    here: { interface: ['internal'], verify: '/ca.pem', endpoint: 'http://g' },
    there: { interface: ['public'], verify: true, endpoint: null },
  },
  {
    name: 'a password in OS_PASSWORD that a named cloud leaves out',
    reason: 'A secret that a cloud leaves out comes from the environment: it need not lie in a file.',
    files: authOf('username: me, user_domain_id: d'),
    env: { ...named, OS_PASSWORD: 'variable' },
    here: { auth: { auth_url: 'http://k:5000/v3', username: 'me', user_domain_id: 'd', password: 'variable' } },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', user_domain_id: 'd' } },
  },
  {
    name: 'a project_name from the caller over a project_id of the file',
    reason: 'What the caller gives wins, under whichever of its two names.',
    files: authOf(`${user}, project_id: file, project_domain_id: d`),
    options: { 'auth.project_name': 'mine' },
    here: {
      auth: {
        auth_url: 'http://k:5000/v3',
        username: 'me',
        password: 'p',
        user_domain_name: 'Default',
        project_name: 'mine',
        project_domain_id: 'd',
      },
    },
    there: {
      auth: {
        auth_url: 'http://k:5000/v3',
        username: 'me',
        password: 'p',
        user_domain_name: 'Default',
        project_id: 'file',
        project_name: 'mine',
        project_domain_id: 'd',
      },
    },
  },
]

const normalisation: Difference[] = [
  {
    name: 'auth_plugin',
    reason: 'The old name of auth_type counts; openstacksdk lets its own default win over it.',
    files: cloud('auth_plugin: v3password'),
    here: { auth_type: 'v3password' },
    there: { auth_type: 'password' },
  },
  {
    name: 'a token and no auth_type',
    reason: 'The way to log in is guessed by what is set; openstacksdk takes password whatever is set, and fails.',
    files: authOf('token: t, project_id: p'),
    here: { auth_type: 'token' },
    there: 'unexpected keyword argument',
  },
  {
    name: 'an application credential and no auth_type',
    reason: 'The way to log in is guessed by what is set.',
    files: authOf('application_credential_id: a, application_credential_secret: s'),
    here: { auth_type: 'v3applicationcredential' },
    there: 'unexpected keyword argument',
  },
  {
    name: 'a passcode and no auth_type',
    reason: 'The way to log in is guessed by what is set.',
    files: authOf('username: me, user_domain_id: d, passcode: "1"'),
    here: { auth_type: 'v3totp' },
    there: 'unexpected keyword argument',
  },
  {
    name: 'no domain at all',
    reason: 'The domain is `default` then, as with the openstack command.',
    files: authOf('username: me, password: p, project_name: demo'),
    here: {
      auth: {
        auth_url: 'http://k:5000/v3',
        username: 'me',
        password: 'p',
        project_name: 'demo',
        user_domain_id: 'default',
        project_domain_id: 'default',
      },
    },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: 'p', project_name: 'demo' } },
  },
  {
    name: 'domain_id beside user_domain_name',
    reason:
      'domain_id fills in what is missing; openstacksdk adds it as user_domain_id, which then wins over what is said.',
    files: authOf(`${user}, project_name: demo, domain_id: d`),
    here: {
      auth: {
        auth_url: 'http://k:5000/v3',
        username: 'me',
        password: 'p',
        user_domain_name: 'Default',
        project_name: 'demo',
        project_domain_id: 'd',
      },
    },
    there: {
      auth: {
        auth_url: 'http://k:5000/v3',
        username: 'me',
        password: 'p',
        user_domain_name: 'Default',
        user_domain_id: 'd',
        project_name: 'demo',
        project_domain_id: 'd',
      },
    },
  },
  {
    name: 'domain_name as the scope, and no user_domain',
    reason: 'The user is looked for in the domain that is the scope; without any, Keystone refuses the login.',
    files: authOf('username: me, password: p, domain_name: D'),
    here: {
      auth: { auth_url: 'http://k:5000/v3', username: 'me', password: 'p', domain_name: 'D', user_domain_name: 'D' },
    },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: 'p', domain_name: 'D' } },
  },
  {
    name: 'default_domain',
    reason: 'It fills in missing domains before the login; openstacksdk leaves that to the plugin, or forgets it.',
    files: authOf('username: me, password: p, project_name: demo, default_domain_id: d'),
    here: {
      auth: {
        auth_url: 'http://k:5000/v3',
        username: 'me',
        password: 'p',
        project_name: 'demo',
        user_domain_id: 'd',
        project_domain_id: 'd',
      },
    },
    there: {
      auth: {
        auth_url: 'http://k:5000/v3',
        username: 'me',
        password: 'p',
        project_name: 'demo',
        default_domain_id: 'd',
      },
    },
  },
  {
    name: 'two scopes',
    reason: 'An error that names both, before anything is sent.',
    files: authOf(`${scoped}, system_scope: all`),
    here: 'two scopes at once: system_scope and project_name',
    there: { auth_type: 'password' },
  },
  {
    name: 'interface: internalURL',
    reason: 'The name of Keystone version 2 means the same.',
    files: cloud('interface: internalURL'),
    here: { interface: ['internal'] },
    there: { interface: ['internalURL'] },
  },
  {
    name: 'endpoint_override, service_type and service_name',
    reason: 'Each setting of the image service falls back to the one without image_, those too.',
    files: cloud('endpoint_override: "http://g"', 'service_type: imagev2', 'service_name: glance'),
    here: { endpoint: 'http://g', service_type: 'imagev2', service_name: 'glance' },
    there: { endpoint: null, service_type: 'image', service_name: null },
  },
]

const regions: Difference[] = [
  {
    name: 'region_name beside regions',
    reason: 'It picks one of them; openstacksdk takes the first all the same.',
    files: cloud('regions: [north, south]', 'region_name: south'),
    here: { region: 'south' },
    there: { region: 'north' },
  },
  {
    name: 'another region than region_name',
    reason: 'A region_name lists nothing: the catalog knows which regions there are.',
    files: cloud('region_name: north'),
    options: { region_name: 'south' },
    here: { region: 'south' },
    there: 'not a valid region name',
  },
  {
    name: 'a region that a built-in profile does not list',
    reason: 'The list came with the program, and may be older than the region.',
    files: { 'work/clouds.yaml': one(`profile: otc\nauth: {${scoped}}`) },
    options: { region_name: 'eu-new' },
    here: { region: 'eu-new' },
    there: 'not a valid region name',
  },
]

const others: Difference[] = [
  {
    name: 'a certificate without its key',
    reason: 'cert and key come together: one without the other is an error.',
    files: cloud('cert: /cert.pem'),
    here: 'has a cert and no key',
    there: { cert: '/cert.pem' },
  },
  {
    name: 'verify: a file',
    reason: 'verify is a boolean; the file belongs under cacert.',
    files: cloud('verify: /etc/ca.pem'),
    here: 'verify must be true or false',
    there: { verify: '/etc/ca.pem' },
  },
  {
    name: 'several directories in XDG_CONFIG_DIRS',
    reason: 'Each of them is searched; openstacksdk takes the list for the name of one.',
    files: { 'second/openstack/clouds.yaml': at('http://second') },
    env: { XDG_CONFIG_DIRS: '{root}/first:{root}/second' },
    here: { name: 'one' },
    there: 'auth_url',
  },
  {
    name: 'the built-in profile ovh',
    reason: 'The profiles here are newer than those of an installed openstacksdk, and without clouds that are gone.',
    files: { 'work/clouds.yaml': one(`profile: ovh\nregion_name: GRA\nauth: {${scoped}}`) },
    here: { region: 'GRA' },
    there: {},
  },
]

export const DIFFERENCES: Difference[] = [
  ...text,
  ...files,
  ...choice,
  ...precedence,
  ...normalisation,
  ...regions,
  ...others,
]
