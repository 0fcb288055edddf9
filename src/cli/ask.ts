import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { AbortedError } from '../errors.js'
import type { Context } from './context.js'

/**
 * Asks for a secret in the terminal, without showing what is typed. The question goes to stderr.
 *
 * @throws AbortedError at Ctrl-C or the end of the input.
 */
export function askSecret(context: Context, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // readline edits the line and echoes it; what it would echo goes nowhere.
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input: context.stdin, output: silent, terminal: true })
    context.stderr.write(question)
    const end = (settle: () => void) => {
      lines.removeAllListeners('close')
      lines.close()
      context.stderr.write('\n')
      settle()
    }
    lines.once('line', (answer) => end(() => resolve(answer)))
    const giveUp = () => end(() => reject(new AbortedError('Interrupted at the prompt.')))
    lines.once('SIGINT', giveUp)
    lines.once('close', giveUp)
  })
}
