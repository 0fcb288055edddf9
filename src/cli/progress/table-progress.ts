import { durationText } from '../../amounts.js'
import { selectionOf } from '../../output/columns.js'
import { taskListColumns } from '../../output/task-columns.js'
import { hasEnded, type Task } from '../../tasks/task.js'
import type { Context } from '../context.js'
import type { Brush } from '../terminal/live/brush.js'
import { LiveTable } from '../terminal/live/live-table.js'
import { ignoreErrors } from '../terminal/say.js'
import type { Progress, ProgressEvent, StatusEvent } from './events.js'
import { SpinnerProgress } from './spinner-progress.js'

/** How to show a wait for several tasks. */
export interface TableProgressOptions {
  brush: Brush
  /** Whether to leave the last state of the table on the screen: not if the command prints a table of the same tasks. */
  keepsTable: boolean
}

/** A table does not open for a wait that ends within this time, in milliseconds. */
const PATIENCE = 300
/** How long a change stays marked: three times this time, in milliseconds. */
const REFRESH_INTERVAL = 5000

/**
 * Shows a wait for several tasks as a table that refreshes in place. Until the first task is seen, it shows a spinner: the login
 * takes time, and may ask for a password.
 */
export class TableProgress implements Progress {
  readonly #context: Context
  readonly #options: TableProgressOptions
  readonly #startedAt: number
  readonly #table: LiveTable
  readonly #stopPatience: () => void
  readonly #messages = new Map<string, Task['message']>()
  readonly #origins = new Set<string>()
  #spinner: SpinnerProgress | undefined
  #isPatient = true
  #isOpen = false
  #refreshedAt: number
  #total = 0

  constructor(context: Context, options: TableProgressOptions) {
    this.#context = context
    this.#options = options
    this.#startedAt = context.monotonic()
    this.#refreshedAt = this.#startedAt
    this.#spinner = new SpinnerProgress(context, options.brush.isColoured)
    this.#table = new LiveTable(context, {
      stream: context.stderr,
      brush: options.brush,
      columns: () => selectionOf(undefined, () => taskListColumns({ origin: this.#origins.size > 1, details: true })),
      status: () => this.#status(),
    })
    this.#table.board.nextRefresh()
    this.#stopPatience = context.startTimer(PATIENCE, () => {
      this.#isPatient = false
      this.#openIfReady()
    })
  }

  emit(event: ProgressEvent): void {
    this.#spinner?.emit(event)
    if (event.event === 'started') this.#total = event.total
    if (event.event === 'status') this.#update(event)
    if (event.event === 'note' && this.#isOpen) this.#table.note(event.text)
    if (event.event === 'task_ended' && event.task.status === 'failure') this.#table.noteFailure(event.task)
    this.#openIfReady()
    // Not after each task: that would take minutes for thousands. The counts are the end of a poll.
    if (event.event === 'counts' || event.event === 'note') this.#table.repaint()
  }

  stop(): void {
    this.#stopPatience()
    this.#spinner?.stop()
    if (!this.#isOpen) return
    this.#isOpen = false
    const text = `${this.#table.end({ table: this.#options.keepsTable })}${this.#closing()}\n`
    const { stderr } = this.#context
    if (stderr.destroyed || stderr.writableEnded) return
    ignoreErrors(stderr)
    stderr.write(text, () => {})
  }

  #update({ task, cloud, region }: StatusEvent): void {
    const { board } = this.#table
    const now = this.#context.monotonic()
    if (now - this.#refreshedAt >= REFRESH_INTERVAL) {
      board.nextRefresh()
      this.#refreshedAt = now
    }
    this.#origins.add(`${cloud} ${region ?? ''}`)
    // Lists omit the message.
    if (task.message !== undefined) this.#messages.set(task.id, task.message)
    const message = this.#messages.get(task.id)
    board.put({ ...task, cloud, region, ...(message === undefined ? {} : { message }) })
  }

  #openIfReady(): void {
    if (this.#isOpen || this.#isPatient || this.#origins.size === 0) return
    this.#isOpen = true
    this.#spinner?.stop()
    this.#spinner = undefined
    this.#table.open()
  }

  #status(): string {
    const left = this.#total - this.#countOf(hasEnded)
    return `waiting for ${left} of ${this.#total} tasks, ${this.#time()} so far; Ctrl-C stops the wait, not the tasks`
  }

  /** `4 of 5 tasks succeeded, 1 failed, in 12 min.` */
  #closing(): string {
    const succeeded = this.#countOf(({ status }) => status === 'success')
    const failed = this.#countOf(({ status }) => status === 'failure')
    const left = this.#total - succeeded - failed
    const parts = [
      `${succeeded === this.#total ? 'All' : `${succeeded} of`} ${this.#total} tasks succeeded`,
      failed > 0 && `${failed} failed`,
      left > 0 && `${left} ${left === 1 ? 'has' : 'have'} not ended`,
    ]
    return `${parts.filter(Boolean).join(', ')}, in ${this.#time()}.`
  }

  #countOf(isCounted: (task: Task) => boolean): number {
    return this.#table.rows.filter(({ task }) => isCounted(task)).length
  }

  #time(): string {
    return durationText(this.#context.monotonic() - this.#startedAt)
  }
}
