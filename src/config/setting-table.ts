/** The type of a setting's value. */
export type SettingKind = 'text' | 'boolean' | 'number' | 'seconds' | 'list' | 'path'

/** One setting of a cloud: its path in clouds.yaml, its environment variables, and its option. */
export interface Setting<Path extends string = string> {
  /** The normalised path in a cloud's section: `region_name`, `auth.username`. */
  path: Path
  kind: SettingKind
  /** The environment variables that set it, the preferred one first. */
  variables: readonly string[]
  /** The long option that sets it, without the dashes. */
  option?: string
  /** The description in the option's help. */
  description?: string
  /** Whether it is always masked. */
  secret?: true
  /** For a URL that receives secrets: at the login, or the secrets or the token with each request. */
  receives?: 'login' | 'requests'
  /** Whether its variables override the settings of a cloud in clouds.yaml. */
  selector?: true
}

const text = <P extends string>(path: P, variables: string[], option?: string, description?: string): Setting<P> => ({
  path,
  kind: 'text',
  variables,
  ...(option === undefined ? {} : { option }),
  ...(description === undefined ? {} : { description }),
})

const secret = <P extends string>(path: P, variables: string[], option?: string, description?: string): Setting<P> => ({
  ...text(path, variables, option, description),
  secret: true,
})

const selector = <P extends string>(setting: Setting<P>): Setting<P> => ({ ...setting, selector: true })

const target = <P extends string>(receives: 'login' | 'requests', setting: Setting<P>): Setting<P> => ({
  ...setting,
  receives,
})

const other = <P extends string>(setting: Setting<P>): Setting<P> => setting

const TABLE = [
  text(
    'auth_type',
    ['OS_AUTH_TYPE', 'OS_AUTH_PLUGIN'],
    'os-auth-type',
    'the login method; default: depends on the other settings',
  ),
  target('login', text('auth.auth_url', ['OS_AUTH_URL'], 'os-auth-url', 'the URL of Keystone')),
  text('auth.username', ['OS_USERNAME', 'OS_USER_NAME'], 'os-username', 'the user'),
  text('auth.user_id', ['OS_USER_ID', 'OS_USERID'], 'os-user-id', 'the ID of the user'),
  secret('auth.password', ['OS_PASSWORD'], 'os-password', 'the password (OS_PASSWORD is safer: ps can show options)'),
  secret('auth.passcode', ['OS_PASSCODE'], 'os-passcode', 'the one-time passcode'),
  text('auth.project_name', ['OS_PROJECT_NAME', 'OS_TENANT_NAME'], 'os-project-name', 'the project to log in to'),
  text('auth.project_id', ['OS_PROJECT_ID', 'OS_TENANT_ID'], 'os-project-id', 'the ID of the project to log in to'),
  text('auth.user_domain_name', ['OS_USER_DOMAIN_NAME'], 'os-user-domain-name', "the user's domain"),
  text('auth.user_domain_id', ['OS_USER_DOMAIN_ID'], 'os-user-domain-id', "the ID of the user's domain"),
  text('auth.project_domain_name', ['OS_PROJECT_DOMAIN_NAME'], 'os-project-domain-name', "the project's domain"),
  text('auth.project_domain_id', ['OS_PROJECT_DOMAIN_ID'], 'os-project-domain-id', "the ID of the project's domain"),
  text('auth.domain_name', ['OS_DOMAIN_NAME'], 'os-domain-name', 'the domain to log in to'),
  text('auth.domain_id', ['OS_DOMAIN_ID'], 'os-domain-id', 'the ID of the domain to log in to'),
  text(
    'auth.default_domain_name',
    ['OS_DEFAULT_DOMAIN_NAME'],
    'os-default-domain-name',
    'the default domain of the user and the project',
  ),
  text(
    'auth.default_domain_id',
    ['OS_DEFAULT_DOMAIN_ID', 'OS_DEFAULT_DOMAIN'],
    'os-default-domain-id',
    'the ID of the default domain of the user and the project',
  ),
  text('auth.system_scope', ['OS_SYSTEM_SCOPE'], 'os-system-scope', 'log in with system scope; the only value is all'),
  text('auth.trust_id', ['OS_TRUST_ID'], 'os-trust-id', 'the ID of a trust to use'),
  secret('auth.token', ['OS_TOKEN', 'OS_AUTH_TOKEN'], 'os-token', 'a token to log in with'),
  text(
    'auth.application_credential_id',
    ['OS_APPLICATION_CREDENTIAL_ID'],
    'os-application-credential-id',
    'the ID of an application credential',
  ),
  text(
    'auth.application_credential_name',
    ['OS_APPLICATION_CREDENTIAL_NAME'],
    'os-application-credential-name',
    'the name of an application credential',
  ),
  secret(
    'auth.application_credential_secret',
    ['OS_APPLICATION_CREDENTIAL_SECRET'],
    'os-application-credential-secret',
    'the secret of an application credential',
  ),
  other({
    path: 'auth.auth_methods',
    kind: 'list',
    variables: ['OS_AUTH_METHODS'],
    option: 'os-auth-methods',
    description: 'the methods of v3multifactor, comma-separated',
  }),
  text('auth.identity_provider', ['OS_IDENTITY_PROVIDER'], 'os-identity-provider', 'the identity provider in Keystone'),
  text('auth.protocol', ['OS_PROTOCOL'], 'os-protocol', "the identity provider's protocol in Keystone"),
  text('auth.client_id', ['OS_CLIENT_ID'], 'os-client-id', 'the OpenID Connect client'),
  secret('auth.client_secret', ['OS_CLIENT_SECRET'], 'os-client-secret', "the OpenID Connect client's secret"),
  text(
    'auth.openid_scope',
    ['OS_OPENID_SCOPE'],
    'os-openid-scope',
    'the OpenID Connect scope; default: openid profile',
  ),
  target(
    'login',
    text(
      'auth.discovery_endpoint',
      ['OS_DISCOVERY_ENDPOINT'],
      'os-discovery-endpoint',
      "the URL of the OpenID Connect provider's discovery document",
    ),
  ),
  target(
    'login',
    text(
      'auth.access_token_endpoint',
      ['OS_ACCESS_TOKEN_ENDPOINT'],
      'os-access-token-endpoint',
      "the URL of the OpenID Connect provider's token endpoint",
    ),
  ),
  text('auth.access_token_type', ['OS_ACCESS_TOKEN_TYPE'], 'os-access-token-type', 'access_token or id_token'),
  secret('auth.access_token', ['OS_ACCESS_TOKEN'], 'os-access-token', 'an OpenID Connect access token'),
  target(
    'requests',
    text(
      'auth.endpoint',
      ['OS_ENDPOINT', 'OS_URL'],
      'os-endpoint',
      'the URL of the image service, for logins without Keystone',
    ),
  ),
  selector(text('region_name', ['OS_REGION_NAME'], 'os-region-name', 'the region')),
  selector({
    path: 'interface',
    kind: 'list',
    variables: ['OS_INTERFACE', 'OS_ENDPOINT_TYPE'],
    option: 'os-interface',
    description: 'the endpoint to use: public (default), internal or admin',
  }),
  selector({
    path: 'cacert',
    kind: 'path',
    variables: ['OS_CACERT'],
    option: 'os-cacert',
    description: "a file of CA certificates to trust, instead of the system's",
  }),
  selector({
    path: 'cert',
    kind: 'path',
    variables: ['OS_CERT'],
    option: 'os-cert',
    description: "a file with the client's certificate",
  }),
  selector({
    path: 'key',
    kind: 'path',
    variables: ['OS_KEY'],
    option: 'os-key',
    description: "a file with the client's private key",
  }),
  selector({
    path: 'insecure',
    kind: 'boolean',
    variables: ['OS_INSECURE'],
    option: 'insecure',
    description: "do not verify the servers' certificates",
  }),
  other({ path: 'verify', kind: 'boolean', variables: ['OS_VERIFY'] }),
  selector(
    target(
      'requests',
      text(
        'image_endpoint_override',
        ['OS_IMAGE_ENDPOINT_OVERRIDE', 'OS_IMAGE_URL'],
        'os-image-endpoint-override',
        'the URL of the image service, instead of the one in the catalog',
      ),
    ),
  ),
  selector({ path: 'image_interface', kind: 'list', variables: ['OS_IMAGE_INTERFACE'] }),
  selector(text('image_region_name', ['OS_IMAGE_REGION_NAME'])),
  text('image_service_type', ['OS_IMAGE_SERVICE_TYPE']),
  text('image_service_name', ['OS_IMAGE_SERVICE_NAME']),
  text('image_api_version', ['OS_IMAGE_API_VERSION']),
  other({ path: 'image_status_code_retries', kind: 'number', variables: ['OS_IMAGE_STATUS_CODE_RETRIES'] }),
  other({ path: 'image_connect_retries', kind: 'number', variables: ['OS_IMAGE_CONNECT_RETRIES'] }),
  target('requests', text('endpoint_override', ['OS_ENDPOINT_OVERRIDE'])),
  text('service_type', ['OS_SERVICE_TYPE']),
  text('service_name', ['OS_SERVICE_NAME']),
  other({ path: 'status_code_retries', kind: 'number', variables: ['OS_STATUS_CODE_RETRIES'] }),
  other({ path: 'connect_retries', kind: 'number', variables: ['OS_CONNECT_RETRIES'] }),
  other({ path: 'api_timeout', kind: 'seconds', variables: ['OS_API_TIMEOUT'] }),
  other({ path: 'cache.auth', kind: 'boolean', variables: [] }),
]

/**
 * All settings that affect the login or the connection to the image service. The environment variables, the options of
 * the command line, and the report of `clouds NAME` come from this table.
 */
export const SETTINGS: readonly Setting[] = TABLE

/** The path of a setting in a cloud of clouds.yaml. */
export type SettingPath = (typeof TABLE)[number]['path']

/** How to name the clouds.yaml. It is not a setting of a cloud. */
export const CONFIG_FILE = { variable: 'OS_CLIENT_CONFIG_FILE', option: 'os-client-config-file' } as const
/** How to name the secure.yaml. */
export const SECURE_FILE = { variable: 'OS_CLIENT_SECURE_FILE' } as const
/** How to choose a cloud by name. */
export const CLOUD_NAME = { variable: 'OS_CLOUD', option: 'os-cloud' } as const

const BY_PATH = new Map(SETTINGS.map((setting) => [setting.path, setting]))

/** The setting with this path, if the table contains it. */
export function settingAt(path: string): Setting | undefined {
  return BY_PATH.get(path)
}
