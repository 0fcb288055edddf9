import { existsSync } from 'node:fs'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BINARY } from './binary.js'
import { folder } from './cli.js'
import { Screen } from './pty.js'

/** The shells whose completion is tested in a terminal. */
export type TestedShell = 'bash' | 'zsh' | 'fish'

// The quotes keep the prompt apart from the line that sets it.
const SHELLS: Record<TestedShell, { argv: string[]; setUp: string }> = {
  bash: { argv: ['--norc', '--noprofile', '-i'], setUp: "PS1='rea''dy> '; source <(glance-tasks completion bash)" },
  zsh: {
    argv: ['-f', '-i'],
    setUp: "PS1='rea''dy> '; autoload -U compinit; compinit -u -D; source <(glance-tasks completion zsh)",
  },
  fish: {
    argv: ['-N', '-i'],
    setUp: "function fish_prompt; echo -n rea''dy'> '; end; glance-tasks completion fish | source",
  },
}

/** Names of clouds that do harm where a shell evaluates or splits them, and what begins each. */
export const HOSTILE_CLOUDS = {
  substitution: 'a$(touch pwned)b',
  backquotes: 'b`touch pwned`b',
  quotes: `c'"c`,
  spaces: 'd d  d',
  colons: 'e:e::e',
  globs: 'f*?[f]{f,f}~!$HOME',
  backslashes: 'g\\g\\:g',
  semicolon: 'h;touch pwned;h',
} as const

const NEVER_OFFERED = ['i\ntouch pwned\ni', 'i\u001b[31mi', 'i\u0007i', 'i\ti']

/** A shell in a terminal, with completion set up and hostile files in its working directory. */
export class CompletingShell {
  readonly screen: Screen
  readonly cwd: string

  private constructor(screen: Screen, cwd: string) {
    this.screen = screen
    this.cwd = cwd
  }

  static async start(shell: TestedShell, env: Record<string, string> = {}): Promise<CompletingShell> {
    const cwd = await folder()
    const bin = await folder()
    await symlink(BINARY, join(bin, 'glance-tasks'))
    await writeFile(join(cwd, 'glance-tasks'), '#!/bin/sh\ntouch pwned\necho values\necho pwned\n')
    await chmod(join(cwd, 'glance-tasks'), 0o755)
    await mkdir(join(cwd, 'images'))
    await writeFile(join(cwd, 'images/one image.json'), '{}')
    const names = [...Object.values(HOSTILE_CLOUDS), ...NEVER_OFFERED, 'prod', 'production']
    const settings = { auth_type: 'none', image_endpoint_override: 'http://127.0.0.1:9' }
    const clouds = Object.fromEntries(names.map((name) => [name, settings]))
    await writeFile(join(cwd, 'clouds.yaml'), JSON.stringify({ clouds }))
    const { argv, setUp } = SHELLS[shell]
    const [first = '', ...rest] = argv
    const screen = new Screen(rest, {
      node: shell,
      script: first,
      columns: 100,
      shell: 'cd "$WORLD" && "$@"',
      // Nothing is written to the folder when the test ends and deletes it.
      env: { NODE_DISABLE_COMPILE_CACHE: '1', HOME: cwd, WORLD: cwd, PATH: `${bin}:${process.env.PATH}`, ...env },
    })
    screen.type(`${setUp}\r`)
    await screen.see(/^ready>/m)
    return new CompletingShell(screen, cwd)
  }

  /** Clears the line, types these keys, such as `\t` for Tab, and resolves when the screen shows the text. */
  async type(keys: string, shown: string | RegExp): Promise<string> {
    this.screen.type(`\u0005\u0015${keys}`)
    return this.screen.see(shown)
  }

  /** Whether anything in the working directory, or in the name of a cloud, was executed. */
  get wasHarmed(): boolean {
    return existsSync(join(this.cwd, 'pwned'))
  }
}
