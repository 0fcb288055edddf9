import { stripVTControlCharacters } from 'node:util'
import { repeat } from '../../../http/clock.js'
import type { Selection } from '../../../output/columns.js'
import { wideRuler } from '../../../output/table/wide-ruler.js'
import { rulerIn } from '../../../output/table/width.js'
import { visible } from '../../../output/text.js'
import { messageOf, type Task } from '../../../tasks/task.js'
import type { Context, OutputStream } from '../../context.js'
import { type Overlay, overlayOn, putOverlay, removeOverlay } from '../overlay.js'
import { showsUnicode } from '../screen.js'
import { Board, type LiveTask } from './board.js'
import type { Brush } from './brush.js'
import { liveColumns } from './live-columns.js'
import { LiveScreen, type ScreenSize } from './live-screen.js'
import { type Picture, paint, paintState, type Surface } from './paint.js'

const SECOND = 1000
/** Of older notes, only the number is kept. */
const MAX_NOTES = 100

/** What a live table shows, and where. */
export interface LiveTableOptions {
  /** The terminal. */
  stream: OutputStream
  /** The columns, as -c or the list has them. Called for each repaint. */
  columns(): Selection
  brush: Brush
  /** The line at the end. It is called for each repaint, at least once a second. */
  status(): string
  /** The order of the tasks. Default: as they were first seen. */
  order?(): readonly Task[]
}

/** A table of tasks that refreshes in place, with notes above and totals below. */
export class LiveTable implements Overlay {
  readonly board = new Board()
  readonly #context: Context
  readonly #options: LiveTableOptions
  readonly #screen: LiveScreen
  readonly #notes: string[] = []
  #olderNotes = 0
  #stopRepaints = () => {}
  #forgetSuspend = () => {}

  constructor(context: Context, options: LiveTableOptions) {
    this.#context = context
    this.#options = options
    this.#screen = new LiveScreen(options.stream, (size) => paint(this.#picture(size.width), this.#surface(size)))
  }

  /** Opens the screen, and repaints it every second until `end`. */
  open(): void {
    const { stderr } = this.#context
    if (stderr.isTTY) putOverlay(stderr, this)
    this.#stopRepaints = repeat(this.#context, SECOND, this.#screen.repaint)
    this.#forgetSuspend = this.#closeWhileSuspended()
    this.resume()
  }

  /** Shows a message above the table. */
  print(line: string): void {
    this.#add(stripVTControlCharacters(line))
    this.repaint()
  }

  clear(): void {
    this.pause()
  }

  redraw(): void {
    this.resume()
  }

  /** Closes the screen, such as for a prompt. */
  pause(): void {
    this.#screen.close()
  }

  resume(): void {
    this.#screen.open(this.#context.signal)
  }

  /** The tasks in their order. */
  get rows(): readonly LiveTask[] {
    return this.board.rows(this.#options.order?.())
  }

  repaint(): void {
    this.#screen.repaint()
  }

  /** Adds a line above the table, which stays on the screen at the end. The next repaint shows it. */
  note(text: string): void {
    this.#add(visible(text))
  }

  /** Names a failed task above the table, with the first line of its message if that is known: `task ID: failure (disk full)`. */
  noteFailure(task: Task): void {
    const { id, cloud, status } = task
    const [reason = ''] = messageOf(task).trim().split('\n', 1)
    const where = typeof cloud === 'string' ? `${cloud}: ` : ''
    this.note(`${where}task ${id}: ${status}${reason === '' ? '' : ` (${reason.trimEnd()})`}`)
  }

  /** Closes the screen. Returns what stays in the terminal: the notes, and with `table` the last state and the totals. */
  end({ table }: { table: boolean }): string {
    this.#stopRepaints()
    this.#forgetSuspend()
    if (overlayOn(this.#context.stderr) === this) removeOverlay(this.#context.stderr)
    this.#screen.close()
    const { size } = this.#screen
    const older = this.#olderNotes > 0 ? [`(${this.#olderNotes} earlier messages are not shown)`] : []
    const state = table ? paintState(this.#picture(size.width), this.#surface(size), size.height - 2) : []
    return [...older, ...this.#notes, ...state].map((line) => `${line}\n`).join('')
  }

  /** While the process is stopped, the terminal belongs to the shell. */
  #closeWhileSuspended(): () => void {
    let wasOpen = false
    const leave = () => {
      wasOpen = this.#screen.isOpen
      this.#screen.close()
    }
    const back = () => {
      // After SIGSTOP, which cannot be caught, the shell has written to our screen.
      if (this.#screen.isOpen) leave()
      if (wasOpen) this.resume()
    }
    return this.#context.onSuspend?.(leave, back) ?? (() => {})
  }

  #add(note: string): void {
    // The width of a tab depends on its place.
    this.#notes.push(note.replaceAll('\t', ' '))
    if (this.#notes.length > MAX_NOTES) {
      this.#notes.shift()
      this.#olderNotes++
    }
  }

  #picture(width: number): Picture {
    const columns = this.#options.columns()
    return {
      columns: liveColumns(columns, this.board, { width, unicode: showsUnicode(this.#context) }),
      isChosen: columns.isChosen,
      rows: this.rows,
      isMarked: (row) => this.board.isMarked(row),
      notes: this.#notes,
      status: visible(this.#options.status()),
      now: this.#context.now(),
    }
  }

  #surface(size: ScreenSize): Surface {
    const unicode = showsUnicode(this.#context)
    return { ...size, brush: this.#options.brush, ruler: rulerIn({ unicode }, wideRuler) }
  }
}
