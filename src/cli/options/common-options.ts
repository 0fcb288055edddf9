import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.js'
import { type AnyFormat, FORMATS, type Format } from '../../output/format.js'
import type { ChosenCloud } from '../terminal/same-cloud.js'
import { duration, gather, wholeNumber } from './option-values.js'

const PROGRESS_MODES = ['auto', 'plain', 'json', 'none'] as const

/** How to show progress: a spinner in a terminal and lines elsewhere, always lines, JSON events, or nothing. */
type ProgressMode = (typeof PROGRESS_MODES)[number]

/** What the plan of every command contains. */
export interface CommonPlan extends Omit<ChosenCloud, 'allRegions'> {
  format: Format
  noindent?: boolean | undefined
  header: boolean
  maxWidth?: number | undefined
  /** Milliseconds. */
  requestTimeout?: number | undefined
  retries?: number | undefined
  /** The command computes times with the clock of this machine, and compares them with those of the server. */
  comparesClocks?: boolean | undefined
  tokenCache: boolean
  color: 'auto' | 'always' | 'never'
  /** Whether long output in a terminal goes through a pager. Default true. */
  pager?: boolean | undefined
  /** How to show what happens while the command waits. Default `auto`. */
  progress?: ProgressMode | undefined
  quiet?: boolean | undefined
  verbose?: boolean | undefined
  debug?: boolean | undefined
  timing?: boolean | undefined
}

/** The options of every command. You can write them before or after its name. */
export interface CommonOptions extends Omit<CommonPlan, 'format'> {
  format: AnyFormat
  /** -c, which each command resolves to columns. */
  column?: string[]
}

/**
 * The part of a plan that is the same for every command.
 *
 * @throws UsageError for the format of metrics
 */
export function commonPlan(options: CommonOptions): CommonPlan {
  const format = rowFormat(options.format)
  const { noindent, header, maxWidth, color, requestTimeout, retries, tokenCache } = options
  const { pager, progress, quiet, verbose, debug, timing, osCloud, osRegionName } = options
  const output = { format, noindent, header, maxWidth, color, pager }
  return {
    ...output,
    requestTimeout,
    retries,
    tokenCache,
    progress,
    quiet,
    verbose,
    debug,
    timing,
    osCloud,
    osRegionName,
  }
}

function rowFormat(format: AnyFormat): Format {
  if (format !== 'prometheus') return format
  throw new UsageError('Only report supports -f prometheus.', {
    hint: `Use -f ${FORMATS.join(', ')}; or: glance-tasks report -f prometheus`,
    unusable: ['format'],
  })
}

/** Adds the options of every command. */
export function addCommonOptions(program: Command): void {
  const output = (option: Option) => program.addOption(option.helpGroup('Output:'))
  output(
    new Option('-f, --format <format>', 'the output format (prometheus for report only)')
      .choices([...FORMATS, 'prometheus'])
      .default('table'),
  )
  output(
    new Option(
      '-c, --column <name>',
      'print only this column (repeatable, or comma-separated); an unknown name lists all names',
    ).argParser(gather),
  )
  output(new Option('--noindent', 'print JSON on one line'))
  output(new Option('--no-header', 'omit the header of a table or CSV'))
  output(
    new Option('--max-width <columns>', 'limit tables to this width; 0: no limit; default: terminal width').argParser(
      wholeNumber('--max-width', 0),
    ),
  )
  output(new Option('--color <when>', 'use colours').choices(['auto', 'always', 'never']).default('auto'))
  output(new Option('--no-pager', 'do not send long output to GLANCE_TASKS_PAGER, PAGER or less'))
  output(new Option('--progress <mode>', 'how to show progress on stderr').choices(PROGRESS_MODES).default('auto'))
  output(new Option('-q, --quiet', 'print no progress, and only serious warnings'))
  output(new Option('-v, --verbose', 'log requests and the use of cached tokens on stderr'))
  output(new Option('--debug', 'trace HTTP on stderr, with secrets masked'))
  output(new Option('--timing', 'print the duration of each request on stderr'))

  const requests = (option: Option) => program.addOption(option.helpGroup('Requests:'))
  requests(
    new Option(
      '--request-timeout <duration>',
      "the timeout of one request, such as 90s; default: the cloud's api_timeout, or 60s",
    ).argParser(duration('--request-timeout')),
  )
  requests(
    new Option('--retries <n>', 'how often to retry a failed request; default: 4 (doctor: 0)').argParser(
      wholeNumber('--retries', 0),
    ),
  )
  requests(new Option('--no-token-cache', 'do not use or store cached tokens'))
}
