import { ConfigurationError } from '../../errors.js'
import type { JsonObject } from '../../http/json.js'
import type { CloudSettings } from '../settings.js'
import type { Prove } from './login.js'
import { userOf } from './user.js'

/** An application credential, by its id, or by its name and its user. */
export const prove: Prove = async (context) => ({
  ...credentialOf(context.settings),
  secret: await context.secret('application_credential_secret'),
})

function credentialOf(settings: CloudSettings): JsonObject {
  const { application_credential_id: id, application_credential_name: name } = settings.auth
  if (id !== undefined) return { id }
  if (name !== undefined) return { name, user: userOf(settings) }
  throw new ConfigurationError(`The cloud "${settings.name}" has no application_credential_id.`, {
    hint: 'Write it under auth: in clouds.yaml, or set OS_APPLICATION_CREDENTIAL_ID.',
  })
}
