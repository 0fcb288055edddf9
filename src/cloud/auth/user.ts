import { ConfigurationError } from '../../errors.js'
import type { JsonObject } from '../../http/json.js'
import { domainRef } from '../scope.js'
import type { CloudSettings } from '../settings.js'

/**
 * Who logs in, as Keystone's login body names a user: by id, else by name and domain.
 *
 * @throws ConfigurationError when the settings name nobody.
 */
export function userOf({ name, auth }: CloudSettings): JsonObject {
  if (auth.user_id !== undefined) return { id: auth.user_id }
  if (auth.username === undefined) {
    throw new ConfigurationError(`The cloud "${name}" has no username.`, {
      hint: 'Write username, or user_id, under auth: in clouds.yaml, or set OS_USERNAME.',
    })
  }
  return { name: auth.username, domain: domainRef(auth, 'user_domain') ?? { id: 'default' } }
}
