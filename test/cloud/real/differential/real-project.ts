import { byPassword, inProject } from '../../../helpers/sandbox.js'
import { exchange } from './exchange.js'

/** Makes a project of the given name in a real Keystone, with an admin and a member whose names are their passwords. */
export async function makeProject(identityUrl: string, name: string) {
  const json = { 'Content-Type': 'application/json' }
  const scope = inProject('admin')
  const auth = JSON.stringify({ auth: { identity: byPassword('admin', 'secret'), scope } })
  const login = await exchange(`${identityUrl}/auth/tokens`, 'POST', json, auth)
  const { catalog, roles } = JSON.parse(login.body).token
  const headers = { ...json, 'X-Auth-Token': login.headers['x-subject-token'] ?? '' }
  const call = async (method: string, path: string, body?: object) => {
    const answer = await exchange(`${identityUrl}${path}`, method, headers, body && JSON.stringify(body))
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`)
    return answer.body === '' ? undefined : JSON.parse(answer.body)
  }
  const { project } = await call('POST', '/projects', { project: { name, domain_id: 'default' } })
  const names = { admin: `${name}-admin`, member: `${name}-member` }
  for (const [role, user] of Object.entries(names)) {
    const made = await call('POST', '/users', { user: { name: user, password: user, domain_id: 'default' } })
    const { id } = roles.find((one: { name: string }) => one.name === role)
    await call('PUT', `/projects/${project.id}/users/${made.user.id}/roles/${id}`)
  }
  const image = catalog.find(({ type }: { type: string }) => type === 'image')
  const { url } = image.endpoints.find((one: { interface: string }) => one.interface === 'public')
  return { ...names, imageUrl: url as string }
}
