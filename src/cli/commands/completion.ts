import { Argument, type Command } from 'commander'
import { SHELLS, type ShellName, scriptFor } from '../completion/shells/index.js'
import type { Context } from '../context.js'
import { addHelp, type CommandHelp } from '../help/command-help.js'
import { write } from '../terminal/stdout.js'

/** The line that sets up completion for a session of a shell, and the start-up file that can contain it. */
const SET_UP: Record<ShellName, { line: string; file: string }> = {
  bash: { line: 'source <(glance-tasks completion bash)', file: '~/.bashrc' },
  zsh: { line: 'source <(glance-tasks completion zsh)', file: '~/.zshrc, after compinit' },
  fish: { line: 'glance-tasks completion fish | source', file: '~/.config/fish/config.fish' },
  powershell: { line: 'glance-tasks completion powershell | Out-String | Invoke-Expression', file: '$PROFILE' },
}

const HELP: CommandHelp = {
  examples: [
    'glance-tasks completion bash > glance-tasks.bash',
    'glance-tasks completion zsh > _glance-tasks        # in a directory of $fpath',
    'glance-tasks completion fish > glance-tasks.fish   # in fish/completions',
  ],
  details: [
    'The script runs glance-tasks each time you press Tab, so the completions are always up to date. glance-tasks must be in PATH.',
    ...SHELLS.map(
      (shell) => `In ${shell}: ${SET_UP[shell].line}. For all sessions, add this line to ${SET_UP[shell].file}.`,
    ),
  ],
  pages: ['completion.md'],
}

function setUpText(): string {
  const lines = SHELLS.map((shell) => `  ${shell.padEnd(10)} ${SET_UP[shell].line}`)
  return ['\nFor this session, run the line for your shell. For all sessions, add the line to', FILES, ...lines].join(
    '\n',
  )
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
