import type { Setting } from '../../config/setting-table.js'
import type { CommandReference, OptionGroup, Reference, ReferenceEntry } from './reference.js'

const INTRODUCTION = `# Commands and options

<!-- Made by \`npm run docs\` from the help texts in src/cli/commands and src/cli/options. Edit them instead. -->

\`glance-tasks COMMAND --help\` shows the options of a command and three examples. \`glance-tasks help options\` shows the options
that every command accepts, \`glance-tasks help auth\` those that choose a cloud and log in, and \`glance-tasks help exit-status\`
the [exit statuses](scripts.md#exit-statuses). You can write options before or after the command. The man pages, such as
\`man glance-tasks-list\`, contain the same text.

- A **duration** is a number of seconds (\`90\`) or has units: \`500ms\`, \`30s\`, \`10m\`, \`1h30m\`, \`2d\`.
- A **time** (\`<when>\`) is a duration before now (\`2h\`, \`3d\`), or an ISO 8601 date (\`2026-11-23\`, \`2026-11-23T18:00:00Z\`). A date
  without an offset is in UTC.
- If an **ID** is \`-\`, the command reads IDs from standard input: one per line, a JSON array of IDs or tasks, or one JSON task per
  line.
- A **repeatable** option with a list of values (\`--status\`, \`--type\`, \`-c\`) also accepts a comma-separated list.`

/** docs/commands.md */
export function markdownOf({ commands, common }: Reference): string {
  const sections = [
    INTRODUCTION,
    [
      '## Common options',
      'Every command accepts these options. You can also set them with variables. The command line overrides the variables.',
      ...common.map(variablesTable),
    ].join('\n\n'),
    '[Settings](configuration.md#settings) lists the other options that choose a cloud and log in, and their variables.',
    ...commands.map(section),
  ]
  return `${sections.join('\n\n')}\n`
}

/** The settings of a cloud, with their variables and options. */
export function settingsTable(settings: readonly Setting[]): string {
  const cell = (text: string | undefined) => (text === undefined ? '' : code(text))
  return rows(
    ['in clouds.yaml', 'variable', 'option'],
    settings.map(({ path, variables: [variable], option }) => [
      code(path),
      cell(variable),
      cell(option === undefined ? undefined : `--${option}`),
    ]),
  )
}

function section({
  name,
  aliases,
  summary,
  usage,
  arguments: positional,
  groups,
  examples,
  details,
  pages,
}: CommandReference): string {
  const alias = aliases.length > 0 ? ` Alias: ${aliases.map((each) => `\`${each}\``).join(', ')}.` : ''
  const tables = [...(positional.length > 0 ? [{ title: 'Arguments', options: positional }] : []), ...groups]
  return [
    `## ${name}`,
    `${escaped(summary)}.${alias}`,
    `\`\`\`\n${usage}\n\`\`\``,
    ...tables.map(table),
    ...details.map((text) => escaped(text)),
    `\`\`\`sh\n${examples.join('\n')}\n\`\`\``,
    ...(pages.length > 0 ? [`See also: ${pages.map((page) => `[${page}](${page})`).join(', ')}.`] : []),
  ].join('\n\n')
}

function table({ title, options }: OptionGroup): string {
  return rows(
    [title, 'description'],
    options.map(({ term, description, values }) => [code(term), escaped(description, values)]),
  )
}

function variablesTable({ title, options }: OptionGroup): string {
  const cells = ({ term, variable, description, values }: ReferenceEntry) => [
    code(term),
    code(variable ?? ''),
    escaped(description, values),
  ]
  return rows([title, 'variable', 'description'], options.map(cells))
}

function rows(header: readonly string[], body: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...body.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

const CODE = [
  // An option (-f with its format), or - for standard input.
  /(?<![\w-])-f [a-z]+|(?<![\w-])--?[a-z][\w-]*|(?<= )-(?=[ ,])/,
  // A name with an underscore, a path of the API, or JSON.
  /(?<![\w.])[\w.]*_[\w.]*\w|\/v2\/[\w/]+|\{"\S*\}/,
  // The value of one of these options.
  /(?<=--(?:by|if-unknown|method) )[\w-]+/,
  // A duration or a time.
  /(?<![\w:-])\d+(?:ms|[smhd])(?!\w)|\d{4}-\d\d-\d\d[T\d:]*Z?/,
].map(({ source }) => source)

/**
 * Text with its options, names, times, JSON and these values as code. Of the rest, only what looks like HTML or a table needs an
 * escape.
 */
function escaped(text: string, values: readonly string[] = []): string {
  const words = values.map((value) => `(?<![\\w-])${value.replaceAll(/\W/g, '\\$&')}(?![\\w-])`)
  const parts = text.split(new RegExp(`(${[...CODE, ...words].join('|')})`))
  return parts
    .map((part, at) => (at % 2 === 1 ? code(part) : part.replaceAll(/[\\<*|`]/g, '\\$&')))
    .join('')
    .replaceAll('` `', ' ')
}
