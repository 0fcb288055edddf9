import { type Account, type ApplicationCredential, credentialId } from './keystone/accounts.js'

/**
 * The text of a clouds.yaml for a sandbox. The cloud `sandbox` logs in as the admin, `sandbox-member` as a user without
 * the admin role. The same names with `-app` log in by application credential.
 */
export function cloudsYaml(authUrl: string, accounts: readonly Account[], caFile?: string): string {
  const common = `    region_name: RegionOne\n${caFile === undefined ? '' : `    cacert: ${scalar(caFile)}\n`}`
  const clouds = accounts.flatMap((account) => {
    const name = cloudName(account.name)
    const { credentials = [] } = account
    return [
      passwordCloud(name, authUrl, account) + common,
      ...credentials.map(
        (credential) => credentialCloud(`${name}-${credential.name}`, authUrl, account, credential) + common,
      ),
    ]
  })
  return `clouds:\n${clouds.join('')}`
}

function cloudName(user: string): string {
  if (user === 'admin') return 'sandbox'
  return user === 'demo' ? 'sandbox-member' : `sandbox-${user}`
}

function passwordCloud(name: string, authUrl: string, { name: user, password, projects }: Account): string {
  const [project] = Object.keys(projects)
  return `  ${scalar(name)}:
    auth:
      auth_url: ${authUrl}
      username: ${scalar(user)}
      password: ${scalar(password)}
${project === undefined ? '' : `      project_name: ${scalar(project)}\n      project_domain_name: Default\n`}      user_domain_name: Default
`
}

function credentialCloud(name: string, authUrl: string, { name: user }: Account, given: ApplicationCredential): string {
  return `  ${scalar(name)}:
    auth_type: v3applicationcredential
    auth:
      auth_url: ${authUrl}
      application_credential_id: ${scalar(credentialId(user, given.name))}
      application_credential_secret: ${scalar(given.secret)}
`
}

/** Quotes a YAML scalar unless it is a plain word. A JSON string is also a YAML string. */
function scalar(text: string): string {
  return /^[a-z][a-z0-9_-]*$/i.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text)
}
