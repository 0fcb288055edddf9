import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addCommonOptions } from '../../../src/cli/options/common-options.js'
import { addStartOptions } from '../../../src/cli/options/start-options.js'
import { addWaitOptions } from '../../../src/cli/options/wait-options.js'
import { FORMATS } from '../../../src/output/index.js'

/** What a command line with these options comes to. */
function parse(...argv: string[]) {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  addCommonOptions(program)
  addStartOptions(program)
  addWaitOptions(program)
  return program.parse(argv, { from: 'user' }).opts()
}

const DEFAULTS = {
  format: 'table',
  header: true,
  color: 'auto',
  progress: 'auto',
  tokenCache: true,
  pager: true,
  ifUnknown: 'fail',
}

describe('the options that many commands share', () => {
  it('have these defaults', () => expect(parse()).toEqual(DEFAULTS))

  it.each<[string[], object]>([
    ...FORMATS.map((format): [string[], object] => [['-f', format], { format }]),
    [['--format', 'json'], { format: 'json' }],
    [['-c', 'id', '--column', 'type,status'], { column: ['id', 'type', 'status'] }],
    [['--noindent'], { noindent: true }],
    [['--no-header'], { header: false }],
    [['--max-width', '0'], { maxWidth: 0 }],
    [['--color', 'auto'], { color: 'auto' }],
    [['--color', 'always'], { color: 'always' }],
    [['--color', 'never'], { color: 'never' }],
    ...(['auto', 'plain', 'json', 'none'] as const).map((progress): [string[], object] => [
      ['--progress', progress],
      { progress },
    ]),
    [['-q'], { quiet: true }],
    [['--quiet'], { quiet: true }],
    [['-v'], { verbose: true }],
    [['--verbose'], { verbose: true }],
    [['--debug'], { debug: true }],
    [['--timing'], { timing: true }],
    [['--request-timeout', '1m'], { requestTimeout: 60_000 }],
    [['--retries', '0'], { retries: 0 }],
    [['--no-pager'], { pager: false }],
    [['--no-token-cache'], { tokenCache: false }],
    [['--if-unknown', 'resend'], { ifUnknown: 'resend' }],
    [['--if-unknown', 'fail'], { ifUnknown: 'fail' }],
    [['--timeout', '2h'], { timeout: 7_200_000 }],
    [['--poll-interval', '0.5'], { pollInterval: 500 }],
  ])('%j', (argv, expected) => expect(parse(...argv)).toEqual({ ...DEFAULTS, ...expected }))

  it.each([
    ['-f', 'xml'],
    ['--max-width', '-1'],
    ['--max-width', '1.5'],
    ['--color', 'yes'],
    ['--progress', 'yes'],
    ['--request-timeout', 'x'],
    ['--retries', '-1'],
    ['--if-unknown', 'maybe'],
    ['--timeout', 'x'],
    ['--poll-interval', 'x'],
  ])('%s %s is refused, by the name of the option', (option, value) => {
    expect(() => parse(option, value)).toThrow(option)
  })
})
