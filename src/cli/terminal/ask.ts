import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { AbortedError } from '../../errors.js'
import { visible } from '../../output/text.js'
import type { Context } from '../context.js'
import { ignoreErrors, say } from './say.js'

/**
 * Asks for a secret in the terminal, without showing what is typed. The question goes to stderr.
 *
 * @throws AbortedError at Ctrl-C or the end of the input.
 */
export async function askSecret(context: Context, question: string): Promise<string> {
  // readline edits the line and echoes it; what it would echo goes nowhere.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    return await readAnswer(context, silent, () => context.stderr.write(visible(question)))
  } finally {
    context.stderr.write('\n')
  }
}

/**
 * Has one of several names chosen in the terminal, by its number or by itself. The question goes to stderr.
 *
 * @returns undefined when what was typed is neither.
 * @throws AbortedError at Ctrl-C or the end of the input.
 */
export async function chooseName(context: Context, names: readonly string[]): Promise<string | undefined> {
  for (const [index, name] of names.entries()) say(context, `${String(index + 1).padStart(3)}  ${name}`)
  const typed = (await readAnswer(context, context.stderr, (lines) => lines.prompt())).trim()
  return names.find((name) => name === typed) ?? names[Number(typed) - 1]
}

function readAnswer(context: Context, echo: Writable, ask: (lines: Interface) => void): Promise<string> {
  const { stdin, stderr, signal } = context
  ignoreErrors(stderr)
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdin, output: echo, terminal: true, prompt: 'Which one? ' })
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', giveUp)
      lines.removeAllListeners('close')
      lines.close()
      settle()
    }
    const giveUp = () => end(() => reject(new AbortedError('Interrupted at the prompt.')))
    lines.once('line', (answer) => end(() => resolve(answer)))
    lines.once('SIGINT', giveUp)
    lines.once('close', giveUp)
    signal.addEventListener('abort', giveUp, { once: true })
    // Not before: until readline has the terminal, the terminal itself shows what is typed.
    ask(lines)
  })
}
