import type { Configuration } from './compare-settings.js'
import { at, authOf, bare, cloud, json, one, openrc, scoped, user, without } from './write-clouds.js'

/**
 * Configurations that openstacksdk and this project read alike. They cover docs/configuration.md: files, choice of the
 * cloud, normalisation, regions, the image service, TLS, profiles, login methods and errors.
 */

const files: Configuration[] = [
  { name: 'clouds.yaml in the working directory', files: { 'work/clouds.yaml': at('http://work') } },
  { name: 'clouds.yml', files: { 'work/clouds.yml': at('http://work') } },
  { name: 'clouds.json', files: { 'work/clouds.json': json('http://json') } },
  { name: "the user's directory", files: { 'home/.config/openstack/clouds.yaml': at('http://user') } },
  {
    name: 'XDG_CONFIG_HOME',
    files: { 'xdg/openstack/clouds.yaml': at('http://xdg') },
    env: { XDG_CONFIG_HOME: '{root}/xdg' },
  },
  { name: "the site's directory", files: { 'site/openstack/clouds.yaml': at('http://site') } },
  {
    name: 'the working directory before the user',
    files: { 'work/clouds.yaml': at('http://work'), 'home/.config/openstack/clouds.yaml': at('http://user') },
  },
  {
    name: 'the user before the site',
    files: { 'site/openstack/clouds.yaml': at('http://site'), 'home/.config/openstack/clouds.json': json('http://u') },
  },
  {
    name: 'yaml before yml before json',
    files: {
      'work/clouds.json': json('http://json'),
      'work/clouds.yml': at('http://yml'),
      'work/clouds.yaml': at('http://y'),
    },
  },
  {
    name: 'OS_CLIENT_CONFIG_FILE before all',
    files: { 'work/clouds.yaml': at('http://work'), 'other/x.yaml': at('http://named') },
    env: { OS_CLIENT_CONFIG_FILE: '{root}/other/x.yaml' },
  },
  {
    name: 'secure.yaml merged into the cloud, deeply',
    files: { ...authOf('username: me, user_domain_id: d'), 'work/secure.yaml': one('auth: {password: hidden}') },
  },
  {
    name: 'secure.yaml found elsewhere',
    files: {
      ...authOf('username: me, user_domain_id: d'),
      'home/.config/openstack/secure.yml': one('auth: {password: h}'),
    },
  },
  {
    name: 'OS_CLIENT_SECURE_FILE',
    files: {
      ...cloud(),
      'work/secure.yaml': one('auth: {password: no-no}'),
      's.yaml': one('auth: {password: yes-yes}'),
    },
    env: { OS_CLIENT_SECURE_FILE: '{root}/s.yaml' },
  },
  {
    name: 'secure.yaml replaces lists and plain settings',
    files: {
      ...cloud('interface: [admin, public]', 'region_name: a'),
      'work/secure.yaml': one('interface: [internal]\nregion_name: b'),
    },
  },
  {
    name: 'a cloud in secure.yaml only',
    files: { ...cloud(), 'work/secure.yaml': at('http://two', 'two') },
    cloud: 'two',
  },
]

const two = `${at('http://one')}${at('http://two', 'two').replace('clouds:\n', '')}`
const choice: Configuration[] = [
  { name: 'by name', files: { 'work/clouds.yaml': two }, cloud: 'two' },
  { name: 'by OS_CLOUD', files: { 'work/clouds.yaml': two }, env: { OS_CLOUD: 'two' } },
  { name: 'the name before OS_CLOUD', files: { 'work/clouds.yaml': two }, cloud: 'one', env: { OS_CLOUD: 'two' } },
  { name: 'OS_* variables', files: {}, env: openrc },
  { name: 'OS_* variables before the only cloud', files: cloud(), env: openrc },
  { name: 'OS_* variables by their name', files: { 'work/clouds.yaml': two }, env: { ...openrc, OS_CLOUD: 'envvars' } },
  { name: 'OS_TENANT_NAME', files: {}, env: { ...without(openrc, 'OS_PROJECT_NAME'), OS_TENANT_NAME: 'old' } },
  {
    name: 'variables of region and interface',
    files: {},
    env: { ...openrc, OS_REGION_NAME: 'r', OS_INTERFACE: 'internal' },
  },
  { name: 'OS_ENDPOINT_TYPE', files: {}, env: { ...openrc, OS_ENDPOINT_TYPE: 'admin' } },
  { name: 'OS_CACERT and OS_INSECURE', files: {}, env: { ...openrc, OS_CACERT: '/ca.pem', OS_INSECURE: 'true' } },
  { name: 'OS_IMAGE_ENDPOINT_OVERRIDE', files: {}, env: { ...openrc, OS_IMAGE_ENDPOINT_OVERRIDE: 'http://g:9292' } },
  {
    name: 'OS_APPLICATION_CREDENTIAL_*',
    files: {},
    env: {
      OS_AUTH_URL: 'http://env',
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_ID: 'a',
      OS_APPLICATION_CREDENTIAL_SECRET: 's',
    },
  },
  {
    name: 'auth variables are ignored beside a named cloud',
    files: cloud(),
    env: { ...openrc, OS_CLOUD: 'one' },
  },
  {
    name: "the caller's settings take precedence",
    files: cloud('region_name: a'),
    options: { 'auth.username': 'you', 'auth.password': 'yours', region_name: 'a', interface: 'admin' },
  },
]

const normalisation: Configuration[] = [
  { name: 'auth_type over auth_plugin', files: cloud('auth_plugin: v3token', 'auth_type: v3password') },
  { name: 'tenant_name', files: authOf(`${user}, tenant_name: demo, project_domain_id: d`) },
  { name: 'tenant_id', files: authOf(`${user}, tenant_id: demo`) },
  {
    name: 'project_name over tenant_name',
    files: authOf(`${user}, tenant_name: old, project_name: new, project_domain_id: d`),
  },
  {
    name: 'dashes',
    files: authOf('username: me, password: p, user-domain-name: D, project-name: demo, project-domain-name: D'),
  },
  { name: 'dashes beside auth', files: cloud('region-name: r', 'image-endpoint-override: "http://g"') },
  { name: 'project beside auth', files: authOf(user, 'project_name: demo', 'project_domain_name: D') },
  { name: 'user beside auth', files: authOf('project_id: i, user_domain_name: D', 'username: me', 'password: p') },
  {
    name: 'inside auth over beside it',
    files: authOf(`${user}, project_name: inside, project_domain_id: d`, 'project_name: beside'),
  },
  { name: 'endpoint_type', files: cloud('endpoint_type: internal') },
  { name: 'image_endpoint_type', files: cloud('image_endpoint_type: admin', 'interface: public') },
  {
    name: 'domain_name for user and project',
    files: authOf('username: me, password: p, project_name: demo, domain_name: D'),
  },
  {
    name: 'domain_id for user and project',
    files: authOf('username: me, password: p, project_name: demo, domain_id: d'),
  },
  { name: 'domain_name for what is missing', files: authOf(`${user}, project_name: demo, domain_name: D`) },
  { name: 'domain_name as the scope', files: authOf(`${user}, domain_name: D`) },
  { name: 'domain_id beside auth as the scope', files: authOf(user, 'domain_id: d') },
  { name: 'project_id beside project_name', files: authOf(`${scoped}, project_id: i`) },
  {
    name: 'numbers in quotes',
    files: authOf('username: "007", password: "0123456", user_domain_id: d, project_id: "1e5"'),
  },
  { name: '1e5 is not a number in YAML 1.1', files: authOf(`${user}, project_id: 1e5`) },
  {
    name: 'anchors and merge keys',
    files: {
      'work/clouds.yaml': `base: &base {auth_url: "http://k", ${user}}\nclouds:\n  one:\n    auth:\n      <<: *base\n      project_id: i\n`,
    },
  },
  {
    name: 'a list of merge keys',
    files: {
      'work/clouds.yaml': `a: &a {auth_url: "http://a", username: me}\nb: &b {auth_url: "http://b", password: p, user_domain_id: d}\nclouds: {one: {auth: {<<: [*a, *b]}}}\n`,
    },
  },
  {
    name: 'an alias for a whole cloud',
    files: { 'work/clouds.yaml': `${one(`auth: &auth {auth_url: "http://k", ${scoped}}`)}  two:\n    auth: *auth\n` },
    cloud: 'two',
  },
  { name: 'the last value of a repeated key', files: cloud('interface: public', 'interface: internal') },
  {
    name: 'a key without a value',
    files: cloud('image_endpoint_override: null', 'cacert:', 'interface: internal'),
  },
  { name: 'an empty project', files: authOf(`${user}, project_name: "", project_id: i`) },
  {
    name: 'settings of other services',
    files: cloud('compute_api_version: "2.79"', 'networks: [{name: a}]', 'floating_ip_source: None'),
  },
  {
    name: '{region_name} in auth_url',
    files: { 'work/clouds.yaml': one(`auth: {auth_url: "http://{region_name}.k", ${scoped}}\nregion_name: north`) },
  },
  {
    name: '{region_name} in an endpoint',
    files: cloud('region_name: north', 'image_endpoint_override: "http://{region_name}.g"'),
  },
  {
    name: 'braces in a password',
    files: authOf('username: me, password: "{region_name}}{", user_domain_id: d', 'region_name: n'),
  },
]

const list = 'regions: [north, {name: south, values: {interface: internal, auth: {project_id: s}}}, {name: east}]'

const regions: Configuration[] = [
  { name: 'region_name', files: cloud('region_name: north') },
  { name: 'the first of regions', files: cloud(list) },
  { name: 'one of regions, with its values', files: authOf(user, list), options: { region_name: 'south' } },
  { name: 'one of regions, without values', files: cloud(list), options: { region_name: 'east' } },
  { name: 'several in region_name', files: cloud('region_name: "north,south"') },
  {
    name: 'one of several in region_name',
    files: cloud('region_name: "north,south"'),
    options: { region_name: 'south' },
  },
  { name: 'one that is not listed', files: cloud(list), options: { region_name: 'west' }, fails: true },
  { name: 'a region without a name', files: cloud('regions: [{values: {}}]'), fails: true },
]

const service: Configuration[] = [
  { name: 'image_endpoint_override', files: cloud('image_endpoint_override: "http://g:9292"') },
  { name: 'image_interface over interface', files: cloud('image_interface: admin', 'interface: internal') },
  { name: 'image_region_name over region_name', files: cloud('image_region_name: a', 'region_name: b') },
  { name: 'image_service_type', files: cloud('image_service_type: imagev2') },
  { name: 'image_service_name', files: cloud('image_service_name: glance') },
  { name: 'a list of interfaces', files: cloud('interface: [internal, public]') },
  { name: 'image_status_code_retries', files: cloud('image_status_code_retries: 7'), compare: ['status_retries'] },
  {
    name: 'image_connect_retries over connect_retries',
    files: cloud('image_connect_retries: 3', 'connect_retries: 9'),
  },
  { name: 'connect_retries', files: cloud('connect_retries: 9') },
  { name: 'api_timeout', files: cloud('api_timeout: 12') },
]

const tls: Configuration[] = [
  { name: 'insecure: true', files: cloud('insecure: true') },
  { name: 'insecure: yes', files: cloud('insecure: yes') },
  { name: 'insecure: false', files: cloud('insecure: false') },
  { name: 'verify: false', files: cloud('verify: false') },
  { name: 'insecure over verify', files: cloud('insecure: true', 'verify: true') },
  { name: 'cacert', files: cloud('cacert: /etc/ca.pem') },
  { name: 'cacert below the home', files: cloud('cacert: ~/ca.pem') },
  { name: 'insecure over cacert', files: cloud('cacert: /etc/ca.pem', 'insecure: true') },
  { name: 'cert and key', files: cloud('cert: ~/cert.pem', 'key: /key.pem') },
]

const publicClouds = (lines: string) => ({
  'home/.config/openstack/clouds-public.yaml': `public-clouds:\n  acme:\n${lines.replace(/^/gm, '    ')}\n`,
})

const profiles: Configuration[] = [
  {
    name: 'clouds-public.yaml',
    files: {
      'work/clouds.yaml': one(`profile: acme\nauth: {${scoped}}`),
      ...publicClouds('auth: {auth_url: "http://acme"}\ninterface: internal'),
    },
  },
  {
    name: 'its old name, cloud',
    files: {
      'work/clouds.yaml': one(`cloud: acme\nauth: {${scoped}}`),
      ...publicClouds('auth: {auth_url: "http://acme"}'),
    },
  },
  {
    name: 'the cloud over its profile',
    files: {
      'work/clouds.yaml': one(`profile: acme\ninterface: public\nauth: {${scoped}}`),
      ...publicClouds('auth: {auth_url: "http://acme", username: other}\ninterface: internal'),
    },
  },
  {
    name: 'regions of a profile, with values',
    files: {
      'work/clouds.yaml': one(`profile: acme\nauth: {${scoped}}`),
      ...publicClouds(
        'auth: {auth_url: "http://{region_name}.acme"}\nregions: [{name: a, values: {interface: admin}}, b]',
      ),
    },
  },
  {
    name: 'a region of a profile',
    files: {
      'work/clouds.yaml': one(`profile: acme\nauth: {${scoped}}`),
      ...publicClouds('auth: {auth_url: "http://{region_name}.acme"}\nregions: [a, b]'),
    },
    options: { region_name: 'b' },
  },
  {
    name: 'a region_name of the cloud, whatever its profile lists',
    files: {
      'work/clouds.yaml': one(`profile: acme\nregion_name: c\nauth: {${scoped}}`),
      ...publicClouds('auth: {auth_url: "http://{region_name}.acme"}\nregions: [a, b]'),
    },
  },
  ...['elastx', 'otc', 'switchengines', 'auro', 'dreamcompute'].map((name) => ({
    name: `the built-in profile ${name}`,
    files: { 'work/clouds.yaml': one(`profile: ${name}\nauth: {${scoped}}`) },
  })),
  {
    name: 'a region of a built-in profile',
    files: { 'work/clouds.yaml': one(`profile: otc\nauth: {${scoped}}`) },
    options: { region_name: 'eu-nl' },
  },
  { name: 'an unknown profile', files: cloud('profile: nobody') },
]

const logins: Configuration[] = [
  {
    name: 'v3applicationcredential',
    files: authOf(
      'application_credential_id: a, application_credential_secret: s',
      'auth_type: v3applicationcredential',
    ),
  },
  {
    name: 'v3applicationcredential by name',
    files: authOf(
      'application_credential_name: a, application_credential_secret: s, username: me, user_domain_name: D',
      'auth_type: v3applicationcredential',
    ),
  },
  { name: 'v3token', files: authOf('token: t, project_id: i', 'auth_type: v3token') },
  { name: 'token beside auth', files: authOf('project_id: i', 'token: t', 'auth_type: token') },
  { name: 'v3totp', files: authOf('username: me, user_domain_id: d, passcode: "012345"', 'auth_type: v3totp') },
  { name: 'a trust', files: authOf(`${user}, trust_id: t`) },
  { name: 'the system as scope', files: authOf(`${user}, system_scope: all`) },
  {
    name: 'v3oidcaccesstoken',
    files: authOf(
      'identity_provider: i, protocol: openid, access_token: t, project_id: p',
      'auth_type: v3oidcaccesstoken',
    ),
  },
  { name: 'none', files: bare('endpoint: "http://g:9292"', 'auth_type: none'), compare: ['auth_type', 'endpoint'] },
  {
    name: 'http_basic',
    files: bare('endpoint: "http://g:9292", username: me, password: p', 'auth_type: http_basic'),
    compare: ['auth_type', 'name'],
  },
  {
    name: 'token_endpoint, the old name of admin_token',
    files: bare('endpoint: "http://g:9292", token: t', 'auth_type: token_endpoint'),
    compare: ['auth_type', 'name'],
  },
  { name: 'an unknown auth_type', files: cloud('auth_type: v3pasword'), fails: true },
  { name: 'no auth_url', files: { 'work/clouds.yaml': one(`auth: {${scoped}}`) }, fails: true },
]

const errors: Configuration[] = [
  { name: 'an unknown cloud', files: cloud(), cloud: 'two', fails: true },
  { name: 'invalid YAML', files: { 'work/clouds.yaml': 'clouds: [' }, fails: true },
  {
    name: 'a cloud called envvars beside variables',
    files: { 'work/clouds.yaml': at('http://k', 'envvars') },
    env: openrc,
    fails: true,
  },
]

export const CONFIGURATIONS: Configuration[] = [
  ...files,
  ...choice,
  ...normalisation,
  ...regions,
  ...service,
  ...tls,
  ...profiles,
  ...logins,
  ...errors,
]
