import type { LogIn } from '../login.js'

/** none: no login. The endpoint accepts every request. */
export const none: LogIn = async () => ({ headers: {}, catalog: [] })

/** admin_token: a fixed token that the service accepts, without Keystone. */
export const adminToken: LogIn = async ({ secret }) => ({
  headers: { 'x-auth-token': await secret('token') },
  catalog: [],
})

/** http_basic: user and password in every request (RFC 7617). */
export const httpBasic: LogIn = async ({ settings, secret }) => {
  const user = settings.auth.username ?? settings.auth.user_id ?? ''
  const credentials = Buffer.from(`${user}:${await secret('password')}`).toString('base64')
  return { headers: { authorization: `Basic ${credentials}` }, catalog: [] }
}
