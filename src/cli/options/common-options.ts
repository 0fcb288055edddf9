import { type Command, Option } from 'commander'
import { FORMATS, type Format } from '../../output/format.js'
import { duration, gather, wholeNumber } from './option-values.js'

/** What every command understands, wherever on the line it stands. */
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

/** Adds the options that every command understands. */
export function addCommonOptions(program: Command): void {
  const output = (option: Option) => program.addOption(option.helpGroup('Output:'))
  output(new Option('-f, --format <format>', 'how tasks are printed').choices(FORMATS).default('table'))
  output(
    new Option(
      '-c, --column <name>',
      'print this column only, in the order given (repeatable or a comma list)',
    ).argParser(gather),
  )
  output(new Option('--noindent', 'print JSON on one line'))
  output(new Option('--no-header', 'leave out the header of a table or CSV'))
  output(
    new Option('--max-width <columns>', 'cut a table to this width; 0: never').argParser(wholeNumber('--max-width', 0)),
  )
  output(new Option('--color <when>', 'colour the status').choices(['auto', 'always', 'never']).default('auto'))
  output(new Option('-q, --quiet', 'print no progress and no warnings'))
  output(new Option('-v, --verbose', 'say on stderr what is done'))
  output(new Option('--debug', 'trace HTTP on stderr, secrets masked'))
  output(new Option('--timing', 'say on stderr how long each request took'))

  const requests = (option: Option) => program.addOption(option.helpGroup('Requests:'))
  requests(
    new Option('--request-timeout <duration>', 'how long one request may take (default: 60s)').argParser(
      duration('--request-timeout'),
    ),
  )
  requests(
    new Option('--retries <n>', 'how often a failed request is sent again (default: 4)').argParser(
      wholeNumber('--retries', 0),
    ),
  )
  requests(new Option('--no-token-cache', 'log in anew, and keep no token on disk'))
}
