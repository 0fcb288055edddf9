import { runBinary, TEST_PROGRAM } from '../../helpers/binary.js'
import { type Ran, run as runInProcess } from '../../helpers/cli.js'

export type { Ran } from '../../helpers/cli.js'

/** Runs a command line in-process, or through TEST_PROGRAM. */
export async function run(argv: string[], env: Record<string, string | undefined>): Promise<Ran> {
  if (TEST_PROGRAM === undefined) return runInProcess(argv, { env })
  const { status, stdout, stderr } = await runBinary(argv, env)
  return { status: status ?? -1, stdout, stderr }
}
