import type { Step } from '../exchange.js'
import { CHANGE_STEPS } from './change-steps.js'
import { CREATE_STEPS } from './create-steps.js'
import { FINISH_STEPS } from './finish-steps.js'
import { IMPORT_STEPS, SECOND_IMPORT_STEPS } from './import-steps.js'
import { LIST_STEPS } from './list-steps.js'
import { OTHER_ROUTE_STEPS, READ_STEPS } from './read-steps.js'
import { REGION_RESULTS, REGION_STEPS, RUNNING_STEPS, STORE_FINISH, STORE_RESULTS, STORE_STEPS } from './store-steps.js'

/** The steps for /v2/images. The comparison waits for running imports after each part. */
export const IMAGE_PARTS: Step[][] = [
  CREATE_STEPS,
  [...READ_STEPS, ...LIST_STEPS, ...OTHER_ROUTE_STEPS],
  CHANGE_STEPS,
  IMPORT_STEPS,
  SECOND_IMPORT_STEPS,
  FINISH_STEPS,
  STORE_STEPS,
  STORE_RESULTS,
  RUNNING_STEPS,
  STORE_FINISH,
  REGION_STEPS,
  REGION_RESULTS,
]
