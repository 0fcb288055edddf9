/** Builds the clouds.yaml files and the environment of the configurations. */

export const user = 'username: me, password: p, user_domain_name: Default'
export const scoped = `${user}, project_name: demo, project_domain_name: Default`
const auth = `auth: {auth_url: "http://k:5000/v3", ${scoped}}`
/** A clouds.yaml with one cloud. */
export const one = (lines: string, name = 'one') => `clouds:\n  ${name}:\n${lines.replace(/^/gm, '    ')}\n`
export const cloud = (...lines: string[]) => ({ 'work/clouds.yaml': one([auth, ...lines].join('\n')) })
export const authOf = (text: string, ...lines: string[]) => ({
  'work/clouds.yaml': one([`auth: {auth_url: "http://k:5000/v3", ${text}}`, ...lines].join('\n')),
})
/** Like authOf, without an auth_url. */
export const bare = (text: string, ...lines: string[]) => ({
  'work/clouds.yaml': one([`auth: {${text}}`, ...lines].join('\n')),
})
export const without = (env: Record<string, string>, name: string) =>
  Object.fromEntries(Object.entries(env).filter(([each]) => each !== name))
export const at = (url: string, name = 'one') => one(`auth: {auth_url: "${url}", ${scoped}}`, name)
export const json = (url: string) =>
  JSON.stringify({ clouds: { one: { auth: { auth_url: url, username: 'me', password: 'p', user_domain_id: 'd' } } } })

/** The variables that an openrc file exports. */
export const openrc = {
  OS_AUTH_URL: 'http://env',
  OS_USERNAME: 'me',
  OS_PASSWORD: 'p',
  OS_PROJECT_NAME: 'demo',
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
}
