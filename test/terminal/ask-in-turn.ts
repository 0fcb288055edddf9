// Asks the questions named by its arguments in turn, and writes the answers to the file in the first argument.
import { writeFileSync } from 'node:fs'
import type { Context } from '../../src/cli/context.js'
import { askSecret, askYesNo, chooseName } from '../../src/cli/terminal/ask.js'

const QUESTIONS: Record<string, (context: Context) => Promise<unknown>> = {
  secret: (context) =>
    askSecret(context, { what: 'password', user: 'me', host: 'localhost', cloud: 'one', warnings: [] }),
  choice: (context) => chooseName(context, ['one', 'two']),
  yesNo: (context) => askYesNo(context, 'Send it?'),
}

const [file = '', ...names] = process.argv.slice(2)
const interruption = new AbortController()
process.once('SIGTERM', () => interruption.abort())
const { stdin, stdout, stderr } = process
const context = {
  stdin,
  stdout,
  stderr,
  signal: interruption.signal,
  env: process.env,
  platform: process.platform,
} as unknown as Context
const answers: unknown[] = []
try {
  for (const name of names) answers.push(await QUESTIONS[name]?.(context))
} catch (error) {
  answers.push((error as Error).name)
}
writeFileSync(file, JSON.stringify(answers))
