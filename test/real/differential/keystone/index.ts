import type { Step } from '../exchange.js'
import { CREDENTIAL_STEPS } from './credential-steps.js'
import { DISCOVERY_STEPS } from './discovery-steps.js'
import { LOGIN_STEPS } from './login-steps.js'
import { TOKEN_STEPS } from './token-steps.js'
import { TOTP_STEPS } from './totp-steps.js'

/** The part of Keystone's API that the sandbox has. The order matters: later steps use tokens saved by earlier ones. */
export const KEYSTONE_STEPS: Step[] = [
  ...DISCOVERY_STEPS,
  ...LOGIN_STEPS,
  ...CREDENTIAL_STEPS,
  ...TOTP_STEPS,
  ...TOKEN_STEPS,
]
