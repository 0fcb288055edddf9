import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { AbortedError, InputError } from '../../errors.js'
import { listen } from '../../http/signal.js'
import { visible } from '../../output/text.js'
import type { Context, InputStream } from '../context.js'
import { ignoreErrors, say } from './say.js'
import { withoutSpinner } from './spinner.js'

// Questions to the person at the terminal. Each goes to stderr, and one waits for the other. All of them throw
// AbortedError at Ctrl-C or when the run is interrupted, and InputError where the input ends (Ctrl-D) before an answer.

/** Asks for a secret, such as `Password: `. Nothing of what is typed reaches the screen. */
export function askSecret(context: Context, question: string): Promise<string> {
  return inTurn(context, () => readAnswer(context, question, { isSecret: true }))
}

/**
 * Asks for one of several names, which the person gives by its number or by itself.
 *
 * @returns undefined when the answer is neither.
 */
export function chooseName(context: Context, names: readonly string[]): Promise<string | undefined> {
  return inTurn(context, async () => {
    for (const [index, name] of names.entries()) say(context, `${String(index + 1).padStart(3)}  ${name}`)
    const answer = (await readAnswer(context, 'Which one? ')).trim()
    return names.find((name) => name === answer) ?? names[Number(answer) - 1]
  })
}

/** Asks a yes/no question, such as `Send it?`. Enter alone means no; any other answer gets the question again. */
export function askYesNo(context: Context, question: string): Promise<boolean> {
  return inTurn(context, async () => {
    while (true) {
      const answer = (await readAnswer(context, `${question} [y/N] `)).trim().toLowerCase()
      if (answer === 'y' || answer === 'yes') return true
      if (answer === '' || answer === 'n' || answer === 'no') return false
      say(context, 'Please answer yes or no.')
    }
  })
}

const turns = new WeakMap<InputStream, Promise<unknown>>()

/** One question at a time. After one that was interrupted the others are not asked: they fail with the same error. */
function inTurn<T>(context: Context, ask: () => Promise<T>): Promise<T> {
  const answer = (turns.get(context.stdin) ?? Promise.resolve()).then(() => {
    if (context.signal.aborted) throw interrupted()
    return withoutSpinner(context, ask)
  })
  turns.set(context.stdin, answer)
  return answer
}

// readline edits the line and echoes it; the echo of a secret goes nowhere.
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })

function readAnswer(context: Context, question: string, { isSecret = false } = {}): Promise<string> {
  const { stdin, stderr, signal } = context
  ignoreErrors(stderr)
  return new Promise((resolve, reject) => {
    if (stdin.readableEnded || stdin.destroyed) throw inputEnded()
    const output = isSecret ? nowhere() : stderr
    const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 })
    // Every way out leads through readline's own close, which gives the terminal back as it was.
    let settle = () => reject(inputEnded())
    const closeAnd = (then: () => void) => {
      settle = then
      lines.close()
    }
    const giveUp = () => closeAnd(() => reject(interrupted()))
    const forget = listen(signal, giveUp)
    let isOnNewLine = false
    lines.once('close', () => {
      forget()
      if (!isOnNewLine) stderr.write('\n')
      settle()
    })
    lines.once('line', (answer) => {
      // Enter was echoed like every other key.
      isOnNewLine = !isSecret
      closeAnd(() => resolve(answer))
    })
    lines.once('SIGINT', giveUp)
    // A terminal that has gone.
    lines.on('error', () => lines.close())
    // Not before: until readline has the terminal, the terminal itself shows what is typed.
    if (isSecret) stderr.write(visible(question))
    else {
      lines.setPrompt(visible(question))
      lines.prompt()
    }
  })
}

function interrupted(): AbortedError {
  return new AbortedError('Interrupted at the prompt.')
}

function inputEnded(): InputError {
  return new InputError('The question was not answered: the input has ended.', {
    hint: 'Type an answer, or give it by an option, a variable or clouds.yaml.',
  })
}
