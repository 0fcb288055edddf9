import { ConfigurationError } from '../../errors.js'
import type { JsonObject } from '../../http/json.js'
import { askForToken } from './keystone.js'
import type { LogIn, LoginContext } from './login.js'
import { userOf } from './user.js'

/** An application credential. It is bound to its project: a scope in the body would be refused. */
export const logIn: LogIn = async (context) => {
  const credential = { ...nameOf(context), secret: await context.secret('application_credential_secret') }
  return askForToken({ methods: ['application_credential'], application_credential: credential }, undefined, context)
}

function nameOf({ settings }: LoginContext): JsonObject {
  const { application_credential_id: id, application_credential_name: name } = settings.auth
  if (id !== undefined) return { id }
  if (name !== undefined) return { name, user: userOf(settings) }
  throw new ConfigurationError(`The cloud "${settings.name}" has no application_credential_id.`, {
    hint: 'Write it under auth: in clouds.yaml, or set OS_APPLICATION_CREDENTIAL_ID.',
  })
}
