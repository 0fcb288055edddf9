import type { Place } from '../../errors.js'
import type { Context } from '../context.js'
import { say } from '../terminal/say.js'

/** Whether the program runs in a step of GitHub Actions, which reads annotations in its output. */
export function isInGitHub({ env }: Pick<Context, 'env'>): boolean {
  return env.GITHUB_ACTIONS === 'true'
}

/**
 * Prints an error as an annotation of GitHub Actions: GitHub shows it at the line of the file, and in the summary of the run.
 * On stderr: GitHub reads both streams of a step, and stdout is for data only.
 */
export function annotate(context: Context, title: string, message: string, { file, line, column }: Place): void {
  const properties = { ...(line !== undefined && { file, line, ...(column !== undefined && { col: column }) }), title }
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
  say(context, `::error ${list.join(',')}::${escapeData(message)}`)
}

/** A line break would end the annotation, and a percent sign begins an escape. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
