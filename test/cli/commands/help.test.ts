import { expect, it } from 'vitest'
import { run } from '../../helpers/cli.js'
import { COMMAND_NAMES } from '../../helpers/command-names.js'

it.each([['--help'], ['help auth'], ...COMMAND_NAMES.map((name) => [`help ${name}`])])(
  '%s describes every argument, option and command',
  async (line) => {
    const { stdout } = await run(line.split(' '))
    const [beforeExamples = ''] = stdout.split('Examples:')
    const entries = beforeExamples.split('\n').filter((each) => /^ {2}(-|[a-z]+( |\|))/.test(each))
    expect(entries.length).toBeGreaterThan(5)
    expect(entries.filter((each) => !/\S {2,}\S/.test(each))).toEqual([])
  },
)

it('groups the common options', async () => {
  const { stdout } = await run(['--help'])
  const format = stdout.indexOf('--format')
  const retries = stdout.indexOf('--retries')
  expect(stdout.slice(0, format)).toMatch(/^Output:$/m)
  expect(stdout.slice(format, retries)).toMatch(/^Requests:$/m)
})
