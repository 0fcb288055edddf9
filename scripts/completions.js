import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../bin/glance-tasks.js', import.meta.url))

/** The names of the completion scripts, by which the shells find them. */
const NAMES = {
  bash: 'glance-tasks',
  zsh: '_glance-tasks',
  fish: 'glance-tasks.fish',
  powershell: 'glance-tasks.ps1',
}

/** The completion scripts of the built program, by the names of their files. Throws if the program fails. */
export function completionScripts() {
  // Not the variables of the user who builds: a wrong GLANCE_TASKS_FORMAT would make the program fail.
  const env = { NODE_DISABLE_COMPILE_CACHE: '1' }
  const scriptFor = (shell) => execFileSync(process.execPath, [program, 'completion', shell], { env, encoding: 'utf8' })
  return Object.fromEntries(Object.entries(NAMES).map(([shell, name]) => [name, scriptFor(shell)]))
}
