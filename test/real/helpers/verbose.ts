import type { Finished } from '../../helpers/binary.js'

/** The requests in the output of -v. */
export function requestsIn(stderr: string): string[] {
  return stderr.split('\n').filter((line) => /^(GET|POST) http/.test(line))
}

/** The ID of a task that the filter matches, by a function that runs the program. */
export async function someId(glance: (...argv: string[]) => Promise<Finished>, ...filter: string[]): Promise<string> {
  const { status, stdout, stderr } = await glance('list', '--limit', '1', '-f', 'value', '-c', 'id', ...filter)
  if (status !== 0 || stdout === '') throw new Error(`The cloud has no task: ${stderr}`)
  return stdout.trim()
}
