import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SHELLS } from '../../../src/cli/completion/shells/index.js'
import { run } from '../../helpers/cli.js'
import { completed } from '../../helpers/completion.js'
import { IS_WINDOWS } from '../../helpers/platform.js'

describe('completion', () => {
  it.each(SHELLS)('prints a script for %s that calls the hidden command', async (shell) => {
    const { status, stdout, stderr } = await run(['completion', shell])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`__complete ${shell}\\b`))
    // Nothing that the program prints is evaluated.
    expect(stdout).not.toMatch(/\beval\b|Invoke-Expression|\bsource\b|compgen -W/)
  })

  it.skipIf(IS_WINDOWS)('prints a script that bash accepts, and that defines nothing but one function', async () => {
    const { stdout } = await run(['completion', 'bash'])
    const probe = `${stdout}\ndeclare -F; complete -p glance-tasks`
    const { stdout: defined } = await promisify(execFile)('bash', ['--norc', '-euc', probe])
    expect(defined).toBe('declare -f _glance_tasks\ncomplete -o default -F _glance_tasks glance-tasks\n')
  })

  it('lists the shells if the argument is missing or unknown', async () => {
    for (const [argv, message] of [
      [['completion'], 'completion requires a shell.'],
      [['completion', 'tcsh'], 'Unknown shell "tcsh".'],
    ] as const) {
      const { status, stdout, stderr } = await run([...argv])
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(new RegExp(`^error: ${message.replaceAll('.', '\\.')}\nhint: .*powershell\\.$`, 'm'))
    }
    const help = (await run(['completion', '--help'])).stdout
    for (const text of ['source <(glance-tasks completion bash)', '~/.zshrc', 'completion fish | source', '$PROFILE'])
      expect(help).toContain(text)
  })
})

describe('the hidden command', () => {
  it('is not shown', async () => {
    expect((await run(['--help'])).stdout).not.toContain('__complete')
    expect((await completed(['_'])).values).not.toContain('__complete')
  })

  it.each([[[]], [['tcsh', '--', 'li']], [['bash']], [['zsh']], [['powershell', '%']], [['fish', '--']]])(
    'prints no error for %j',
    async (argv) => {
      expect(await run(['__complete', ...argv])).toMatchObject({ status: 0, stderr: '' })
    },
  )
})
