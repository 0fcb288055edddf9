import type { Step } from '../exchange.js'
import { CHANGE_STEPS } from './change-steps.js'
import { CREATE_STEPS } from './create-steps.js'
import { FINISH_STEPS } from './finish-steps.js'
import { IMPORT_STEPS, SECOND_IMPORT_STEPS } from './import-steps.js'
import { LIST_STEPS } from './list-steps.js'
import { OTHER_ROUTE_STEPS, READ_STEPS } from './read-steps.js'

/** The steps for /v2/images. The comparison waits for running imports after each part. */
export const IMAGE_PARTS: Step[][] = [
  CREATE_STEPS,
  [...READ_STEPS, ...LIST_STEPS, ...OTHER_ROUTE_STEPS],
  CHANGE_STEPS,
  IMPORT_STEPS,
  SECOND_IMPORT_STEPS,
  FINISH_STEPS,
]
