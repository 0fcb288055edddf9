import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { AbortedError } from '../errors.js'
import { visible } from '../output/text.js'
import type { Context } from './context.js'
import { say } from './say.js'

/**
 * Asks for a secret in the terminal, without showing what is typed. The question goes to stderr.
 *
 * @throws AbortedError at Ctrl-C or the end of the input.
 */
export function askSecret(context: Context, question: string): Promise<string> {
  context.stderr.write(visible(question))
  // readline edits the line and echoes it; what it would echo goes nowhere.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  return readAnswer(context, silent, '').finally(() => context.stderr.write('\n'))
}

/**
 * Has one of several names chosen in the terminal, by its number or by itself. The question goes to stderr.
 *
 * @returns undefined when what was typed is neither.
 * @throws AbortedError at Ctrl-C or the end of the input.
 */
export async function chooseName(context: Context, names: readonly string[]): Promise<string | undefined> {
  for (const [index, name] of names.entries()) say(context, `${String(index + 1).padStart(3)}  ${name}`)
  const typed = (await readAnswer(context, context.stderr, 'Which one? ')).trim()
  return names.find((name) => name === typed) ?? names[Number(typed) - 1]
}

function readAnswer(context: Context, echo: Writable, prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: context.stdin, output: echo, terminal: true, prompt })
    const end = (settle: () => void) => {
      lines.removeAllListeners('close')
      lines.close()
      settle()
    }
    lines.once('line', (answer) => end(() => resolve(answer)))
    const giveUp = () => end(() => reject(new AbortedError('Interrupted at the prompt.')))
    lines.once('SIGINT', giveUp)
    lines.once('close', giveUp)
    lines.prompt()
  })
}
