import { EXIT_ORDER, EXIT_STATUSES } from './exit-statuses.js'
import type { CommandReference, OptionGroup, Reference, ReferenceEntry } from './reference.js'

/**
 * The man pages, by the names of their files: glance-tasks.1, and one for each command. They have no date, so that two builds
 * of the same sources are equal.
 */
export function manPages(reference: Reference, version: string): Record<string, string> {
  const pages = reference.commands.map((command) => [fileOf(command), commandPage(command, version)])
  return { 'glance-tasks.1': programPage(reference, version), ...Object.fromEntries(pages) }
}

function fileOf({ name }: CommandReference): string {
  return `glance-tasks-${name}.1`
}

function programPage({ commands, common, login }: Reference, version: string): string {
  return page('glance-tasks', 'manage the tasks of the OpenStack Image service (Glance)', version, [
    section('SYNOPSIS', ['.B glance\\-tasks', '.I command', '.RI [ options ]']),
    section('DESCRIPTION', [
      paragraph(
        'glance-tasks lists, starts and waits for Glance tasks, imports images, and explains why a task failed. Each command has its own man page.',
      ),
    ]),
    section(
      'COMMANDS',
      commands.flatMap(({ name, summary }) => item(`${bold(`glance-tasks-${name}`)}(1)`, `${summary}.`)),
    ),
    section('OPTIONS', ['You can write these options before or after the command.', ...common.flatMap(groupLines)]),
    section('LOGIN OPTIONS', login.options.flatMap(entryLines)),
    section('EXIT STATUS', [
      ...EXIT_STATUSES.flatMap(([status, meaning]) => item(bold(`${status}`), meaning)),
      '.PP',
      paragraph(EXIT_ORDER),
    ]),
    section('SEE ALSO', seeAlso([...commands.map(({ name }) => `glance-tasks-${name}`), 'openstack'])),
  ])
}

function commandPage(command: CommandReference, version: string): string {
  const { name, summary, usage, arguments: positional, groups, examples, details, pages } = command
  return page(`glance-tasks-${name}`, summary.charAt(0).toLowerCase() + summary.slice(1), version, [
    section('SYNOPSIS', [bold(usage)]),
    section('DESCRIPTION', [inline(`${summary}.`), ...details.flatMap((text) => ['.PP', paragraph(text)])]),
    ...(positional.length > 0 ? [section('ARGUMENTS', positional.flatMap(entryLines))] : []),
    ...(groups.length > 0 ? [section('OPTIONS', groups.flatMap(groupLines))] : []),
    section('EXAMPLES', ['.EX', ...examples.flatMap((example) => example.split('\n').map(inline)), '.EE']),
    section('SEE ALSO', [
      ...seeAlso(['glance-tasks']),
      ...(pages.length > 0
        ? ['.PP', paragraph(`In the package: ${pages.map((each) => `docs/${each}`).join(', ')}`)]
        : []),
    ]),
  ])
}

function page(name: string, purpose: string, version: string, sections: readonly string[]): string {
  const title = [name.toUpperCase(), '1', '', `glance-tasks ${version}`, 'User Commands'].map(quoted).join(' ')
  return `${[`.TH ${title}`, section('NAME', [`${inline(name)} \\- ${inline(purpose)}`]), ...sections].join('\n')}\n`
}

function section(title: string, lines: readonly string[]): string {
  return [`.SH ${title}`, ...lines].join('\n')
}

function groupLines({ title, options }: OptionGroup): string[] {
  return [`.SS ${inline(title)}`, ...options.flatMap(entryLines)]
}

function entryLines({ term, description, variable }: ReferenceEntry): string[] {
  return item(bold(term), variable === undefined ? description : `${description} (${variable})`)
}

function item(term: string, description: string): string[] {
  return ['.TP', term, paragraph(description)]
}

function seeAlso(names: readonly string[]): string[] {
  return names.map((name, index) => `.BR ${inline(name)} (1)${index < names.length - 1 ? ',' : ''}`)
}

function bold(text: string): string {
  return `\\fB${inline(text)}\\fR`
}

/** A word of a macro. */
function quoted(text: string): string {
  return `"${inline(text).replaceAll('"', '\\(dq')}"`
}

const SPECIAL: Record<string, string> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
}

const LINE = 79

/** A paragraph, in lines of at most 79 characters where its words allow that. */
function paragraph(text: string): string {
  const lines = ['']
  for (const word of inline(text).split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= LINE) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word.startsWith('.') ? `\\&${word}` : word)
  }
  return lines.join('\n')
}

/** Text as one line of a page. A dot or a quote at its start would be a request. */
export function inline(text: string): string {
  const escaped = text
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/[\\\-'`^~]/g, (character) => SPECIAL[character] ?? character)
    .replaceAll(
      /[^\x20-\x7e]/gu,
      (character) => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped
}
