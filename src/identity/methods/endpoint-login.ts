import type { LogIn } from '../login.js'

/** No Keystone and no token: the endpoint takes everybody. */
export const none: LogIn = async () => ({ headers: {}, catalog: [] })

/** A token that the service knows, without a Keystone. */
export const adminToken: LogIn = async ({ secret }) => ({
  headers: { 'x-auth-token': await secret('token') },
  catalog: [],
})

/** A user and a password with every request (RFC 7617). */
export const httpBasic: LogIn = async ({ settings, secret }) => {
  const user = settings.auth.username ?? settings.auth.user_id ?? ''
  const credentials = Buffer.from(`${user}:${await secret('password')}`).toString('base64')
  return { headers: { authorization: `Basic ${credentials}` }, catalog: [] }
}
