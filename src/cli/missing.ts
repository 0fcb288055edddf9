import { NotFoundError } from '../errors.js'
import { MISSING_HINT } from '../tasks/get.js'

/** More ids than this are not told one by one. */
const MOST_IDS = 10

/** The error that several ids stand for which no task has. */
export function missingError(ids: readonly string[], total: number): NotFoundError {
  const shown = ids.slice(0, MOST_IDS).join(', ')
  const more = ids.length > MOST_IDS ? ` and ${ids.length - MOST_IDS} more` : ''
  return new NotFoundError(`${ids.length} of ${total} tasks could not be found: ${shown}${more}.`, {
    status: 404,
    hint: MISSING_HINT,
  })
}
