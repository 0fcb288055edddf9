import type { Step } from '../exchange.js'
import { ACCEPT_STEPS } from './accept-steps.js'
import { GUARD_STEPS } from './guard-steps.js'
import { LIST_STEPS } from './list-steps.js'
import { PATH_STEPS } from './path-steps.js'
import { REFUSED_CREATES } from './refused-creates.js'

export { ACCEPTED_CREATES, TASK_NAMES, TASK_READS } from './accepted-creates.js'

/** Requests that create no task, and so change no list. */
export const READ_ONLY_STEPS: Step[] = [
  ...REFUSED_CREATES,
  ...LIST_STEPS,
  ...ACCEPT_STEPS,
  ...PATH_STEPS,
  ...GUARD_STEPS,
]
