import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/cli/commands/list.js'
import { UsageError } from '../../../src/errors.js'
import type { ReadyTask } from '../../../src/sandbox/index.js'
import { commandsOf } from '../../helpers/command.js'
import { optionsOf } from '../../helpers/options.js'
import { sandbox } from '../../helpers/sandbox.js'

const NOW = Date.now()
const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()

const TASKS: ReadyTask[] = [
  { id: '00000000-0000-4000-8000-000000000001', status: 'failure', created_at: minutesAgo(60) },
  { id: '00000000-0000-4000-8000-000000000002', status: 'pending', created_at: minutesAgo(30) },
]

async function cloud(tasks = TASKS) {
  const box = await sandbox({ tasks })
  return commandsOf(box, box.cloudsYaml, 'sandbox')
}

describe('list --timeline', () => {
  it('draws the tasks that match, in a pipe in 80 columns without colours', async () => {
    const { glance } = await cloud()
    const { status, stdout, stderr } = await glance(['list', '--timeline'], { env: { LANG: 'de_DE.UTF-8' } })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^id {35}status {2}.*│\d\d:\d\d\n.*2 pending {2} +░+\n.*1 failure ▒\n░ waiting {2}▒ waited/)
    for (const line of stdout.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    const argv = ['list', '--timeline', '--status', 'failure', '--max-width', '120']
    const failed = await glance(argv, { env: { LANG: 'C' } })
    expect(failed.stdout).toMatch(/^id {35}status {2}type.*\n.*1 failure import +=\n= waited, then ran {2}\d/)
  })

  it('fits a terminal of any width, with colours and a summary', async () => {
    const { glance } = await cloud()
    for (const columns of [0, 60, 80, 200]) {
      const { stdout, stderr } = await glance(['list', '--timeline'], { terminal: { columns } })
      expect(stderr).toBe('2 tasks: 1 failure, 1 pending\n')
      expect(stdout).toContain('\u001b[31m')
      const lines = stdout
        .replaceAll(/\u001b\[\d+m/g, '')
        .trimEnd()
        .split('\n')
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns || 80)
      for (const { id } of TASKS) expect(stdout).toContain(`${id} `)
    }
  })

  it('of nothing is nothing', async () => {
    const { glance } = await cloud([])
    expect(await glance(['list', '--timeline'])).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.each<[object, string, string]>([
    [{ format: 'json' }, '--timeline and -f json cannot be used together', 'Omit --timeline'],
    [{ column: ['id'] }, '--timeline and -c cannot be used together', 'Omit -c'],
    [{ long: true }, '--long', 'Omit --long'],
    [{ watch: true }, '--watch and --timeline cannot be used together', 'Omit --watch or --timeline'],
  ])('with %j is a usage error that names the remedy', (given, message, hint) => {
    const attempt = () => parse(optionsOf({ timeline: true, ...given }), NOW)
    expect(attempt).toThrow(UsageError)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }))
  })
})
