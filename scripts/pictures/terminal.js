import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

/** How long a scene may take, in milliseconds. */
const LIMIT = 60_000

/**
 * Runs a shell command line in a pseudo-terminal, and resolves to its screen, as runs for svgOf().
 *
 * @param until ends the scene as soon as the screen matches. Default: when the command ends.
 */
export async function screenOf(command, { columns, rows = 40, env, until }) {
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  const pty = spawn('/bin/sh', ['-c', command], { cols: columns, rows, name: 'xterm-256color', env })
  try {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${command} takes too long:\n${textOf(screen)}`)), LIMIT)
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      pty.onData((data) => screen.write(data, () => until?.test(textOf(screen)) && done()))
      // The end of the process may come before its last output is drawn.
      pty.onExit(() => screen.write('', done))
    })
    return linesOf(screen).map(runsOf)
  } finally {
    pty.kill('SIGKILL')
    screen.dispose()
  }
}

function linesOf({ buffer: { active } }) {
  const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at))
  const last = lines.findLastIndex((line) => line.translateToString(true) !== '')
  return lines.slice(0, last + 1)
}

function textOf(screen) {
  return linesOf(screen)
    .map((line) => line.translateToString(true))
    .join('\n')
}

/** Neighbouring cells that look the same are one run. Blanks at the end are none. */
function runsOf(line) {
  const runs = []
  for (let column = 0; column < line.translateToString(true).length; column++) {
    const cell = line.getCell(column)
    const look = {
      colour: cell.isFgPalette() ? cell.getFgColor() : undefined,
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      underline: cell.isUnderline() !== 0,
    }
    const text = cell.getChars() || ' '
    const last = runs.at(-1)
    if (last && sameLook(last, look)) last.text += text
    else runs.push({ text, column, ...look })
  }
  return runs.filter(({ text }) => text.trim() !== '')
}

function sameLook(a, b) {
  return a.colour === b.colour && a.bold === b.bold && a.dim === b.dim && a.underline === b.underline
}
