import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An OpenID Connect provider with one client, one user, and one access token for each. */
export interface IdentityProvider {
  url: string
  close(): Promise<void>
}

export const CLIENT = { id: 'the-client', secret: 'the client:secret' }
export const USER = { name: 'erika', password: 'the user&password' }
/** The access tokens of the user and the client. */
export const ACCESS_TOKENS = { user: 'access-token-of-the-user', client: 'access-token-of-the-client' }

export async function startIdentityProvider(): Promise<IdentityProvider> {
  let url = ''
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const reply = (status: number, json: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
    const { authorization = '' } = request.headers
    if (request.url === '/.well-known/openid-configuration') return reply(200, { token_endpoint: `${url}/token` })
    if (request.url === '/token') {
      const token = isClient(authorization) ? tokenFor(new URLSearchParams(body)) : undefined
      return token ? reply(200, { access_token: token, token_type: 'Bearer' }) : reply(401, { error: 'invalid_grant' })
    }
    if (authorization === `Bearer ${ACCESS_TOKENS.user}`) return reply(200, { sub: USER.name })
    if (authorization === `Bearer ${ACCESS_TOKENS.client}`) return reply(200, { sub: CLIENT.id })
    return reply(401, { error: 'invalid_token' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, close: () => new Promise((resolve) => void server.close(() => resolve())) }
}

function isClient(authorization: string): boolean {
  const [id, secret] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':')
  const decoded = [id, secret].map((part) => new URLSearchParams(`part=${part}`).get('part'))
  return decoded[0] === CLIENT.id && decoded[1] === CLIENT.secret
}

function tokenFor(form: URLSearchParams): string | undefined {
  if (!form.get('scope')?.split(' ').includes('openid')) return undefined
  if (form.get('grant_type') === 'client_credentials') return ACCESS_TOKENS.client
  const isUser = form.get('username') === USER.name && form.get('password') === USER.password
  return form.get('grant_type') === 'password' && isUser ? ACCESS_TOKENS.user : undefined
}
