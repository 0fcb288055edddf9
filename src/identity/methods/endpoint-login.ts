import type { CloudSettings } from '../../config/settings.js'
import type { LogIn } from '../login.js'

/** none: no login. The endpoint accepts every request. */
export const none: LogIn = async () => ({ headers: {}, catalog: [] })

/** admin_token: a fixed token that the service accepts, without Keystone. */
export const adminToken: LogIn = async ({ settings, secret }) => ({
  headers: { 'x-auth-token': await secret('token', endpointOf(settings)) },
  catalog: [],
})

/** http_basic: user and password in every request (RFC 7617). */
export const httpBasic: LogIn = async ({ settings, secret }) => {
  const user = settings.auth.username ?? settings.auth.user_id ?? ''
  const credentials = Buffer.from(`${user}:${await secret('password', endpointOf(settings))}`).toString('base64')
  return { headers: { authorization: `Basic ${credentials}` }, catalog: [] }
}

/** The URL of the image service, which receives the secrets. It was checked when the session was opened. */
function endpointOf({ image, auth }: CloudSettings): URL {
  return new URL((image.endpointOverride ?? auth.endpoint ?? '').trim())
}
