import { TASK_COLUMN_NAMES } from '../../output/task-columns.js'
import { commandModule } from '../program.js'
import { optionValues, type TypedLine } from './command-line.js'
import type { Candidate } from './offer.js'

/** Values inside a column that people often need. */
const INSIDE = ['result.image_id', 'input.import_from']

/** Commands that print no rows. All others print tasks, or say which columns they have. */
const WITHOUT_ROWS = ['logout', 'sandbox', 'completion', 'help']

/** The columns that -c can choose. Those inside another column appear when its dot has been typed. */
export async function columnNames(line: TypedLine, current: string): Promise<Candidate[]> {
  const { command, operands } = line
  if (WITHOUT_ROWS.includes(command?.name() ?? '')) return []
  const module = command && (await commandModule(command))
  const names = module?.columns?.(optionValues(line) as never, operands) ?? TASK_COLUMN_NAMES
  const word = current.slice(current.lastIndexOf(',') + 1)
  const inside = word.includes('.') ? INSIDE.filter((path) => names.includes(path.split('.')[0] ?? '')) : []
  return [...names, ...inside].map((value) => ({ value }))
}
