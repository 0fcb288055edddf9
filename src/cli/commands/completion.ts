import { Argument, type Command } from 'commander'
import { SHELLS, type ShellName, scriptFor } from '../completion/shells/index.js'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { write } from '../terminal/stdout.js'

/** What sets up completion in each shell until it ends, and, in the file that each shell reads at its start, from then on. */
const SET_UP: Record<ShellName, { line: string; file: string }> = {
  bash: { line: 'source <(glance-tasks completion bash)', file: '~/.bashrc' },
  zsh: { line: 'source <(glance-tasks completion zsh)', file: '~/.zshrc, after compinit' },
  fish: { line: 'glance-tasks completion fish | source', file: '~/.config/fish/config.fish' },
  powershell: { line: 'glance-tasks completion powershell | Out-String | Invoke-Expression', file: '$PROFILE' },
}

const HELP: CommandHelp = {
  examples: [
    'glance-tasks completion bash > glance-tasks.bash',
    'glance-tasks completion zsh > _glance-tasks        # for a folder of $fpath',
    'glance-tasks completion fish > glance-tasks.fish   # for fish/completions',
  ],
  details: [
    'The script asks the program at each press of Tab, so it does not become out of date. It finds the program in PATH.',
    ...SHELLS.map((shell) => `In ${shell}: ${SET_UP[shell].line}. To keep it, add this line to ${SET_UP[shell].file}.`),
  ],
  pages: ['completion.md'],
}

function setUpText(): string {
  const lines = SHELLS.map((shell) => `  ${shell.padEnd(10)} ${SET_UP[shell].line}`)
  return ['\nFor this session, run the line of your shell. To keep it, add it to', FILES, ...lines].join('\n')
}

const FILES = '~/.bashrc, ~/.zshrc (after compinit), ~/.config/fish/config.fish or $PROFILE:'

/** `glance-tasks completion SHELL` */
export function define(command: Command, context: Context): void {
  addHelp(command, HELP)
  command
    .addHelpText('after', setUpText())
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).choices(SHELLS))
    .action((shell: ShellName) => run(context, parse(shell)))
}

/** Which script to print. */
export interface CompletionPlan {
  shell: ShellName
}

/** Commander has checked the name. */
export function parse(shell: ShellName): CompletionPlan {
  return { shell }
}

/** Prints the script. */
export async function run(context: Context, { shell }: CompletionPlan): Promise<void> {
  await write(context.stdout, scriptFor(shell))
}
