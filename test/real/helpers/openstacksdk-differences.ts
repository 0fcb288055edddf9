import type { Configuration, Settings } from './compare-settings.js'
import { at, authOf, cloud, one, scoped, user } from './write-clouds.js'

/** A configuration that this project deliberately reads differently from openstacksdk. */
export interface Difference extends Configuration {
  /** Why. docs/configuration.md contains the same text. */
  reason: string
  /** This project's settings, or a part of its error message. */
  here: Partial<Settings> | string
  /** openstacksdk's settings, or a part of its error message. */
  there: Partial<Settings> | string
}

const text: Difference[] = [
  {
    name: 'password: 0123456',
    reason:
      'A scalar is the text as written. YAML 1.1 reads a leading zero as octal, so openstacksdk sends another password.',
    files: authOf('username: me, password: 0123456, user_domain_id: d'),
    here: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: '0123456', user_domain_id: 'd' } },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: '42798', user_domain_id: 'd' } },
  },
  {
    name: 'username: 007',
    reason: 'A scalar is the text as written.',
    files: authOf('username: 007, password: p, user_domain_id: d'),
    here: { auth: { auth_url: 'http://k:5000/v3', username: '007', password: 'p', user_domain_id: 'd' } },
    there: { auth: { auth_url: 'http://k:5000/v3', username: '7', password: 'p', user_domain_id: 'd' } },
  },
  {
    name: 'password: no',
    reason: 'A scalar is the text as written. openstacksdk reads `no` as false and drops it.',
    files: authOf('username: me, password: no, user_domain_id: d'),
    here: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: 'no', user_domain_id: 'd' } },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', user_domain_id: 'd' } },
  },
  {
    name: 'insecure: "1"',
    reason:
      'yes, no, on, off, true, false, 1 and 0 are booleans, quoted or not. openstacksdk reads every string except "true" as false.',
    files: cloud('insecure: "1"'),
    here: { verify: false },
    there: { verify: true },
  },
  {
    name: 'insecure: maybe',
    reason: 'A value that is not a boolean is an error. openstacksdk reads it as false.',
    files: cloud('insecure: maybe'),
    here: 'insecure must be true or false',
    there: { verify: true },
  },
  {
    name: 'api_timeout: soon',
    reason: 'A value that is not a number is an error.',
    files: cloud('api_timeout: soon'),
    here: 'api_timeout must be a number of seconds',
    there: {},
  },
  {
    name: 'a stray brace in auth_url',
    reason: 'Only {region_name} is replaced. openstacksdk passes the value to str.format, which fails on other braces.',
    files: { 'work/clouds.yaml': one(`auth: {auth_url: "http://k/{x}", ${scoped}}`) },
    here: { name: 'one' },
    there: 'KeyError',
  },
]

const files: Difference[] = [
  {
    name: 'OS_CLIENT_CONFIG_FILE that does not exist',
    reason: 'A missing file is an error if a variable names it. openstacksdk silently reads the next file.',
    files: cloud(),
    env: { OS_CLIENT_CONFIG_FILE: '{root}/nowhere.yaml' },
    here: 'set by OS_CLIENT_CONFIG_FILE',
    there: { name: 'one' },
  },
  {
    name: 'clouds: without a value',
    reason: 'The error names the problem. openstacksdk raises a TypeError.',
    files: { 'work/clouds.yaml': 'clouds:\n' },
    here: 'No cloud is configured',
    there: 'TypeError',
  },
  {
    name: 'auth: without a value',
    reason: 'The error names the problem. openstacksdk raises a TypeError.',
    files: { 'work/clouds.yaml': one('auth:\nregion_name: r') },
    here: 'has no auth_url',
    there: 'TypeError',
  },
  {
    name: 'region_name: without a value',
    reason: 'A key without a value counts as not set. openstacksdk raises an AttributeError.',
    files: cloud('region_name:'),
    here: { region: null },
    there: 'AttributeError',
  },
  {
    name: 'an alias bomb',
    reason: 'Recursive aliases are an error. openstacksdk follows them until Python raises a RecursionError.',
    files: { 'work/clouds.yaml': `a: &a {k: v}\nclouds:\n  one: &b {x: *a, y: *b}\n` },
    cloud: 'one',
    here: 'aliases expand to too many values',
    there: 'RecursionError',
  },
]

const choice: Difference[] = [
  {
    name: 'a variable that is not a setting',
    reason:
      'Only variables of settings define a cloud. For openstacksdk every OS_* variable does, and then auth_url is missing.',
    files: cloud(),
    env: { OS_DISTRIBUTION: 'debian' },
    here: { name: 'one' },
    there: 'auth_url',
  },
  {
    name: 'no cloud',
    reason: 'The error lists the directories that were searched.',
    files: {},
    here: '/etc/openstack',
    there: 'auth_url',
  },
]

const named = { OS_CLOUD: 'one' }
const precedence: Difference[] = [
  {
    name: 'OS_REGION_NAME beside a named cloud',
    reason: 'These variables override a named cloud, as with the openstack command.',
    files: cloud('region_name: file'),
    env: { ...named, OS_REGION_NAME: 'variable' },
    here: { region: 'variable' },
    there: { region: 'file' },
  },
  {
    name: 'OS_INTERFACE, OS_CACERT and OS_IMAGE_ENDPOINT_OVERRIDE beside a named cloud',
    reason: 'These variables override a named cloud, as with the openstack command.',
    files: cloud(),
    env: { ...named, OS_INTERFACE: 'internal', OS_CACERT: '/ca.pem', OS_IMAGE_ENDPOINT_OVERRIDE: 'http://g' },
    here: { interface: ['internal'], verify: '/ca.pem', endpoint: 'http://g' },
    there: { interface: ['public'], verify: true, endpoint: null },
  },
  {
    name: 'OS_PASSWORD beside a named cloud without a password',
    reason: 'The environment supplies secrets that a cloud lacks, so that no file needs to contain them.',
    files: authOf('username: me, user_domain_id: d'),
    env: { ...named, OS_PASSWORD: 'variable' },
    here: { auth: { auth_url: 'http://k:5000/v3', username: 'me', user_domain_id: 'd', password: 'variable' } },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', user_domain_id: 'd' } },
  },
  {
    name: 'a project_name from the caller over a project_id of the file',
    reason: "The caller's settings take precedence, even if the file sets the project under its other name.",
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
    reason: 'auth_plugin is the old name of auth_type. openstacksdk overrides it with its own default.',
    files: cloud('auth_plugin: v3password'),
    here: { auth_type: 'v3password' },
    there: { auth_type: 'password' },
  },
  {
    name: 'a token and no auth_type',
    reason: 'The auth_type follows from the settings. openstacksdk always uses password, and fails.',
    files: authOf('token: t, project_id: p'),
    here: { auth_type: 'token' },
    there: 'unexpected keyword argument',
  },
  {
    name: 'an application credential and no auth_type',
    reason: 'The auth_type follows from the settings.',
    files: authOf('application_credential_id: a, application_credential_secret: s'),
    here: { auth_type: 'v3applicationcredential' },
    there: 'unexpected keyword argument',
  },
  {
    name: 'a passcode and no auth_type',
    reason: 'The auth_type follows from the settings.',
    files: authOf('username: me, user_domain_id: d, passcode: "1"'),
    here: { auth_type: 'v3totp' },
    there: 'unexpected keyword argument',
  },
  {
    name: 'no domain',
    reason: 'The domain is `default`, as with the openstack command.',
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
      'domain_id applies to missing domains only. openstacksdk also sets user_domain_id, which overrides user_domain_name.',
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
    reason: "The user's domain is the domain of the scope. Without a user domain, Keystone refuses the login.",
    files: authOf('username: me, password: p, domain_name: D'),
    here: {
      auth: { auth_url: 'http://k:5000/v3', username: 'me', password: 'p', domain_name: 'D', user_domain_name: 'D' },
    },
    there: { auth: { auth_url: 'http://k:5000/v3', username: 'me', password: 'p', domain_name: 'D' } },
  },
  {
    name: 'default_domain',
    reason:
      'It applies to missing domains before the login. openstacksdk leaves that to the plugin, which may ignore it.',
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
    reason: 'An error names both scopes before any request is sent.',
    files: authOf(`${scoped}, system_scope: all`),
    here: 'two scopes: system_scope and project_name',
    there: { auth_type: 'password' },
  },
  {
    name: 'interface: internalURL',
    reason: 'The interface names of Keystone version 2 mean the same as those of version 3.',
    files: cloud('interface: internalURL'),
    here: { interface: ['internal'] },
    there: { interface: ['internalURL'] },
  },
  {
    name: 'endpoint_override, service_type and service_name',
    reason: 'Every setting of the image service falls back to the setting without the prefix image_.',
    files: cloud('endpoint_override: "http://g"', 'service_type: imagev2', 'service_name: glance'),
    here: { endpoint: 'http://g', service_type: 'imagev2', service_name: 'glance' },
    there: { endpoint: null, service_type: 'image', service_name: null },
  },
]

const regions: Difference[] = [
  {
    name: 'region_name beside regions',
    reason: 'region_name selects one of them. openstacksdk uses the first.',
    files: cloud('regions: [north, south]', 'region_name: south'),
    here: { region: 'south' },
    there: { region: 'north' },
  },
  {
    name: 'another region than region_name',
    reason: 'A region_name does not limit the regions; the catalog does.',
    files: cloud('region_name: north'),
    options: { region_name: 'south' },
    here: { region: 'south' },
    there: 'not a valid region name',
  },
  {
    name: 'a region that a built-in profile does not list',
    reason: 'The list is part of the program and may be older than the region.',
    files: { 'work/clouds.yaml': one(`profile: otc\nauth: {${scoped}}`) },
    options: { region_name: 'eu-new' },
    here: { region: 'eu-new' },
    there: 'not a valid region name',
  },
]

const others: Difference[] = [
  {
    name: 'a certificate without its key',
    reason: 'cert and key are needed together. One without the other is an error.',
    files: cloud('cert: /cert.pem'),
    here: 'has a cert but no key',
    there: { cert: '/cert.pem' },
  },
  {
    name: 'verify: a file',
    reason: 'verify is a boolean. The file belongs in cacert.',
    files: cloud('verify: /etc/ca.pem'),
    here: 'verify must be true or false',
    there: { verify: '/etc/ca.pem' },
  },
  {
    name: 'several directories in XDG_CONFIG_DIRS',
    reason: 'Each directory is searched. openstacksdk treats the list as the name of one directory.',
    files: { 'second/openstack/clouds.yaml': at('http://second') },
    env: { XDG_CONFIG_DIRS: '{root}/first:{root}/second' },
    here: { name: 'one' },
    there: 'auth_url',
  },
  {
    name: 'the built-in profile ovh',
    reason:
      'The built-in profiles are newer than those of the installed openstacksdk, and lack clouds that no longer exist.',
    files: { 'work/clouds.yaml': one(`profile: ovh\nregion_name: GRA\nauth: {${scoped}}`) },
    here: { region: 'GRA' },
    there: {},
  },
]

export const OPENSTACKSDK_DIFFERENCES: Difference[] = [
  ...text,
  ...files,
  ...choice,
  ...precedence,
  ...normalisation,
  ...regions,
  ...others,
]
