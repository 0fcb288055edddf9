import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { AbortedError, InputError } from '../../errors.js'
import { throwIfAborted, whenAborted } from '../../http/signal.js'
import type { WantedSecret } from '../../identity/secrets.js'
import { didYouMean } from '../../nearest.js'
import { visible } from '../../output/text.js'
import type { Context, InputStream } from '../context.js'
import { withoutOverlay } from './overlay.js'
import { ignoreErrors, say } from './say.js'
import { showsUnicode, USUAL_COLUMNS } from './screen.js'
import { secretQuestion } from './secret-question.js'

// Prompts on stderr, one at a time. They throw AbortedError on Ctrl-C or if the run is interrupted, and InputError if the input
// ends (Ctrl-D) before an answer.

/**
 * Prompts for a secret, without echo. The question names the user, the host that receives the secret, and the cloud.
 *
 * @param refusal why it is asked for again; printed before the question, instead of the warnings
 */
export function askSecret(context: Context, secret: WantedSecret, refusal = ''): Promise<string> {
  return inTurn(context, async () => {
    const width = context.stderr.columns || USUAL_COLUMNS
    const question = await secretQuestion(secret, { width, unicode: showsUnicode(context) })
    for (const text of refusal === '' ? secret.warnings : [refusal]) say(context, text)
    return readAnswer(context, question, { isSecret: true })
  })
}

/** After this number of answers that are not in the list, the question is not repeated. */
const MAX_CHOICES = 3

/**
 * Prompts for one of several clouds. The answer is a name or its number. Repeats the question after another answer.
 *
 * @returns undefined after three such answers.
 */
export function chooseName(context: Context, names: readonly string[]): Promise<string | undefined> {
  return inTurn(context, async () => {
    for (let count = 1; count <= MAX_CHOICES; count++) {
      for (const [index, name] of names.entries()) say(context, `${String(index + 1).padStart(3)}  ${name}`)
      const answer = (await readAnswer(context, 'Which cloud? ')).trim()
      const chosen = names.find((name) => name === answer) ?? names[Number(answer) - 1]
      if (chosen !== undefined) return chosen
      say(
        context,
        `${JSON.stringify(answer)} is not in the list. ${didYouMean(answer, names) ?? 'Type a name or a number.'}`,
      )
    }
    return undefined
  })
}

/** Asks a yes/no question, such as `Send it?`. Enter means no. Repeats the question after an invalid answer. */
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

const INTERRUPTED = 'Interrupted at the prompt.'

const turns = new WeakMap<InputStream, Promise<unknown>>()

/** Runs prompts one at a time. After an interrupted prompt, the others fail with the same error. */
function inTurn<T>(context: Context, ask: () => Promise<T>): Promise<T> {
  const answer = (turns.get(context.stdin) ?? Promise.resolve()).then(() => {
    throwIfAborted(context.signal, INTERRUPTED)
    return withoutOverlay(context, ask)
  })
  turns.set(context.stdin, answer)
  return answer
}

// readline echoes the line that it edits. The echo of a secret is discarded.
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })

function readAnswer(context: Context, question: string, { isSecret = false } = {}): Promise<string> {
  const { stdin, stderr, signal } = context
  ignoreErrors(stderr)
  return new Promise((resolve, reject) => {
    throwIfAborted(signal, INTERRUPTED)
    if (stdin.readableEnded || stdin.destroyed) throw inputEnded()
    const output = isSecret ? nowhere() : stderr
    const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 })
    // Every exit goes through readline's close(), which restores the terminal.
    let settle = () => reject(inputEnded())
    const closeAnd = (then: () => void) => {
      settle = then
      lines.close()
    }
    const giveUp = () => closeAnd(() => reject(new AbortedError(INTERRUPTED)))
    const showQuestion = () => (isSecret ? stderr.write(visible(question)) : lines.prompt(true))
    const forgets = [whenAborted(signal, giveUp), askAgainAfterSuspend(context, lines, showQuestion)]
    let isOnNewLine = false
    lines.once('close', () => {
      for (const forget of forgets) forget()
      if (!isOnNewLine) stderr.write('\n')
      settle()
    })
    lines.once('line', (answer) => {
      // Enter was echoed, except for a secret.
      isOnNewLine = !isSecret
      closeAnd(() => resolve(answer))
    })
    lines.once('SIGINT', giveUp)
    // The terminal was closed.
    lines.on('error', () => lines.close())
    // Print the prompt last: the terminal echoes input until readline controls it.
    lines.setPrompt(visible(question))
    showQuestion()
  })
}

/** After Ctrl-Z and fg, shows the question again, and stops the echo again: the shell has turned it on. */
function askAgainAfterSuspend(context: Context, lines: Interface, showQuestion: () => void): () => void {
  // readline pauses the input when the process continues.
  lines.on('SIGCONT', () => lines.resume())
  const setRawMode = (isRaw: boolean) => context.stdin.setRawMode?.(isRaw)
  const leave = () => setRawMode(false)
  const back = () => {
    // Node changes the mode only if it believes that it is another one.
    setRawMode(false)
    setRawMode(true)
    context.stderr.write('\r')
    showQuestion()
  }
  return context.onSuspend?.(leave, back) ?? (() => {})
}

function inputEnded(): InputError {
  return new InputError('The input ended before the prompt was answered.', {
    hint: 'Type an answer, or set the value in an option, a variable or clouds.yaml.',
  })
}
