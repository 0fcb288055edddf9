import { Command, type Option } from 'commander'
import { EXIT_ORDER, EXIT_STATUSES } from './exit-statuses.js'
import { optionDescription } from './layout.js'
import { variablesOf } from './variables.js'

const OPTIONS =
  'Every command accepts these options, before or after its name. You can also set them with variables. A command ignores a variable whose value does not apply to it, such as GLANCE_TASKS_FORMAT=shell for list.'
const LOGIN =
  'These options choose a cloud and log in. Every command accepts them. Each has an OS_* variable of the same name, as in the openstack command. It is better to set most of them in clouds.yaml.'

/** The help pages that are not about a single command. */
const PAGES: Record<string, (program: Command) => Command> = {
  options: (program) =>
    withOptions(page(program, 'options', OPTIONS), commonOptions(program), withVariable(program)).addHelpText(
      'after',
      MORE,
    ),
  auth: (program) => withOptions(page(program, 'auth', LOGIN), loginOptions(program), ({ description }) => description),
  'exit-status': (program) =>
    page(program, 'exit-status', 'All commands use these exit statuses.').addHelpText('after', ({ command }) =>
      exitStatusText(command),
    ),
}

const MORE = `
For the options of a command, run: glance-tasks COMMAND --help (or -h)
For the options that log in, run: glance-tasks help auth`

/** The names of these pages. */
export const HELP_TOPICS = Object.keys(PAGES)

/** The page of the help with this name, if there is one. */
export function helpTopic(program: Command, name: string): Command | undefined {
  return Object.hasOwn(PAGES, name) ? PAGES[name]?.(program) : undefined
}

/** The options of every command, without those that log in, in their groups. */
export function commonOptions(program: Command): Option[] {
  const groups = ['Output:', 'Requests:', 'Cloud:']
  const options = program.options.filter((option) => !isLogin(option) && option.long !== '--version')
  return groups.flatMap((group) => options.filter(({ helpGroupHeading }) => helpGroupHeading === group))
}

/** The options that choose a cloud and log in. */
export function loginOptions(program: Command): Option[] {
  return program.options.filter(({ helpGroupHeading }) => helpGroupHeading === 'Cloud:')
}

/** Whether only `help auth` shows an option: these would fill two more screens. */
export function isLogin({ long = '' }: Option): boolean {
  return long.startsWith('--os-') && long !== '--os-cloud' && long !== '--os-region-name'
}

function page(program: Command, name: string, description: string): Command {
  const made = new Command(name).copyInheritedSettings(program).helpOption(false).description(description)
  return made.configureHelp({ ...program.configureHelp(), commandUsage: () => 'glance-tasks <command> [options]' })
}

function withOptions(page: Command, options: readonly Option[], describe: (option: Option) => string): Command {
  for (const option of options) page.addOption(option)
  return page.configureHelp({ ...page.configureHelp(), optionDescription: describe })
}

function withVariable(program: Command): (option: Option) => string {
  const variableOf = variablesOf(program)
  return (option) => `${optionDescription(option)} (${variableOf(option)})`
}

function exitStatusText(page: Command): string {
  const width = page.configureOutput().getOutHelpWidth?.() ?? 80
  const help = Object.assign(page.createHelp(), { helpWidth: width })
  const rows = EXIT_STATUSES.map(([status, meaning]) => help.formatItem(`${status}`, 3, meaning, help))
  return ['', ...rows, '', help.boxWrap(EXIT_ORDER, width)].join('\n')
}
