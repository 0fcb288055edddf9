import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addCloudOptions, cloudOf, cloudSelections } from '../../../src/cli/options/cloud-options.js'
import { UsageError } from '../../../src/errors.js'

function parse(...argv: string[]) {
  const program = new Command().exitOverride()
  addCloudOptions(program)
  let selections: ReturnType<typeof cloudSelections> = []
  program.command('list').action((_, command: Command) => {
    selections = cloudSelections(command.optsWithGlobals())
  })
  program.parse(argv, { from: 'user' })
  return selections
}

describe('the options that choose a cloud', () => {
  test('none: one selection, left to the environment', () => {
    expect(parse('list')).toStrictEqual([{ options: {}, optionName: expect.any(Function), configFile: undefined }])
  })

  test('one selection for each --os-cloud, before or after the command', () => {
    expect(parse('--os-cloud', 'one', 'list', '--os-cloud', 'two').map(({ cloud }) => cloud)).toEqual(['one', 'two'])
  })

  test('say whether they take a file', () => {
    const program = new Command()
    addCloudOptions(program)
    const flags = program.options.map((option) => option.flags)
    expect(flags).toEqual(expect.arrayContaining(['--os-cacert <file>', '--os-username <value>', '--insecure']))
  })

  test('each becomes a setting', () => {
    const argv = ['list', '--os-username', 'me', '--os-region-name=r', '--insecure', '--os-cacert', 'ca.pem']
    expect(parse(...argv, '--os-client-config-file', 'x.yaml')).toMatchObject([
      {
        options: { 'auth.username': 'me', region_name: 'r', insecure: true, cacert: 'ca.pem' },
        configFile: 'x.yaml',
      },
    ])
  })

  test.each([
    ['auth.username', '--os-username'],
    ['insecure', '--insecure'],
    ['cloud', '--os-cloud'],
    ['config_file', '--os-client-config-file'],
    ['api_timeout', undefined],
  ])('%s is called %s', (path, name) => {
    expect(parse('list')[0]?.optionName?.(path)).toBe(name)
  })

  test('a command for one cloud accepts one, and leaves the choice to the environment without any', () => {
    expect(cloudOf({ osCloud: ['a'] })).toMatchObject({ cloud: 'a' })
    expect(cloudOf({})).not.toHaveProperty('cloud')
    expect(() => cloudOf({ osCloud: ['a', 'b'] })).toThrow(UsageError)
    expect(() => cloudOf({ osCloud: ['a', 'b'] })).toThrow('This command accepts --os-cloud only once.')
    expect(() => cloudOf({ osCloud: ['a', 'a'] }, 'doctor')).toThrow('doctor accepts --os-cloud only once.')
  })
})
