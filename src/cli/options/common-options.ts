import { type Command, Option } from 'commander'
import { FORMATS, type Format } from '../../output/format.js'
import { duration, gather, wholeNumber } from './option-values.js'

/** The options of every command. They may stand before or after its name. */
export interface CommonOptions {
  format: Format
  column?: string[]
  noindent?: boolean
  header: boolean
  maxWidth?: number
  /** Milliseconds. */
  requestTimeout?: number
  retries?: number
  tokenCache: boolean
  color: 'auto' | 'always' | 'never'
  quiet?: boolean
  verbose?: boolean
  debug?: boolean
  timing?: boolean
}

/** Adds the options of every command. */
export function addCommonOptions(program: Command): void {
  const output = (option: Option) => program.addOption(option.helpGroup('Output:'))
  output(new Option('-f, --format <format>', 'the output format').choices(FORMATS).default('table'))
  output(
    new Option(
      '-c, --column <name>',
      'print only these columns, in this order (repeatable, or comma-separated)',
    ).argParser(gather),
  )
  output(new Option('--noindent', 'print JSON on one line'))
  output(new Option('--no-header', 'omit the header of a table or CSV'))
  output(
    new Option('--max-width <columns>', 'limit tables to this width; 0: no limit (default: the terminal)').argParser(
      wholeNumber('--max-width', 0),
    ),
  )
  output(new Option('--color <when>', 'colour the status').choices(['auto', 'always', 'never']).default('auto'))
  output(new Option('-q, --quiet', 'print no progress and no warnings'))
  output(new Option('-v, --verbose', 'log each request on stderr'))
  output(new Option('--debug', 'trace HTTP on stderr, with secrets masked'))
  output(new Option('--timing', 'print the duration of each request on stderr'))

  const requests = (option: Option) => program.addOption(option.helpGroup('Requests:'))
  requests(
    new Option('--request-timeout <duration>', 'the timeout of one request (default: 60s)').argParser(
      duration('--request-timeout'),
    ),
  )
  requests(
    new Option('--retries <n>', 'how often to retry a failed request (default: 4)').argParser(
      wholeNumber('--retries', 0),
    ),
  )
  requests(new Option('--no-token-cache', 'log in again, and store no token on disk'))
}
