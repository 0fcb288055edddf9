import { UsageError } from '../errors.js'
import type { SandboxOptions } from './options.js'

/**
 * Checks the options that TypeScript cannot.
 *
 * @throws UsageError that names the option.
 */
export function checkOptions(options: SandboxOptions): void {
  checkNumber('port', options.port, { most: 65_535, whole: true })
  checkNumber('seed', options.seed, { whole: true })
  checkNumber('taskDuration', options.taskDuration)
  checkNumber('tokenTtl', options.tokenTtl)
  checkNumber('failureRate', options.failureRate, { most: 1 })
  if (options.stores?.length === 0) throw new UsageError('stores: at least one store is required.')
  if (options.stores?.includes('')) throw new UsageError('stores: the name of a store must not be empty.')
  for (const { name, credentials = [], projects } of options.accounts ?? []) {
    const orphan = credentials.find(({ project }) => !Object.hasOwn(projects, project))
    if (!orphan) continue
    throw new UsageError(
      `accounts: ${name} has an application credential for the project ${orphan.project}, but no role in it.`,
      {
        hint: 'Add the project to the projects of the account.',
      },
    )
  }
}

function checkNumber(
  name: string,
  value: number | undefined,
  { most = Number.MAX_SAFE_INTEGER, whole = false }: { most?: number; whole?: boolean } = {},
): void {
  if (value === undefined || (value >= 0 && value <= most && (!whole || Number.isInteger(value)))) return
  const kind = whole ? 'whole number' : 'number'
  throw new UsageError(`${name}: ${value} is not a ${kind} from 0 to ${most}.`, {
    hint: 'Omit it to use the default.',
  })
}
