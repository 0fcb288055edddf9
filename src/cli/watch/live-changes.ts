import { durationText } from '../../amounts.js'
import type { Selection } from '../../output/columns.js'
import { hasEnded, type Task } from '../../tasks/task.js'
import type { Context } from '../context.js'
import type { CommonPlan } from '../options/common-options.js'
import { type Brush, brushFor } from '../terminal/live/brush.js'
import { LiveTable } from '../terminal/live/live-table.js'
import { caution } from '../terminal/say.js'
import { usesColor } from '../terminal/screen.js'
import { write } from '../terminal/stdout.js'
import { type Refresh, timeOfDay, type WatchView } from './watch-view.js'

interface LivePlan extends CommonPlan {
  columns: Selection
}

/** Shows a watch as a table that refreshes in place. @param tasks returns the tasks in their order */
export async function liveChanges(context: Context, plan: LivePlan, tasks: () => readonly Task[]): Promise<WatchView> {
  return new LiveChanges(context, plan, tasks, await brushFor({ color: usesColor(context, context.stdout, plan) }))
}

class LiveChanges implements WatchView {
  readonly #context: Context
  readonly #plan: LivePlan
  readonly #isQuiet: boolean
  readonly #tasks: () => readonly Task[]
  readonly #table: LiveTable
  readonly #startedAt: number
  /** Warnings from the time before the table opened. */
  #early: string[] = []
  #isOpen = false
  #isRefreshing = false
  #last = 0
  #latest: Refresh | undefined

  constructor(context: Context, plan: LivePlan, tasks: () => readonly Task[], brush: Brush) {
    this.#context = context
    this.#plan = plan
    this.#isQuiet = plan.quiet === true
    this.#tasks = tasks
    this.#startedAt = context.monotonic()
    this.#table = new LiveTable(context, {
      stream: context.stdout,
      columns: () => plan.columns,
      brush,
      order: tasks,
      status: () => this.#status(),
    })
  }

  refreshing(): void {
    this.#isRefreshing = true
    this.#table.repaint()
  }

  async refreshed(refresh: Refresh): Promise<void> {
    const { board } = this.#table
    board.nextRefresh()
    for (const { task } of refresh.changes) {
      const isChanged = board.put(task)
      if (isChanged && task.status === 'failure' && !this.#isQuiet) this.#table.noteFailure(task)
    }
    board.keepOnly(this.#tasks())
    this.#last = this.#context.now()
    this.#latest = refresh
    this.#isRefreshing = false
    // Not before the first refresh: the login may ask for a password.
    if (!this.#isOpen) this.#open()
    this.#table.repaint()
  }

  #open(): void {
    this.#isOpen = true
    for (const text of this.#early) this.warn(text)
    this.#early = []
    this.#table.open()
  }

  warn(text: string): void {
    if (!this.#isOpen) {
      this.#early.push(text)
      return
    }
    this.#table.note(`warning: ${text}`)
    this.#table.repaint()
  }

  /** Leaves the failures and the last state of the table on the screen. */
  async end(): Promise<void> {
    for (const text of this.#early) caution(this.#context, this.#plan, text)
    if (!this.#isOpen) return
    this.#isOpen = false
    const state = this.#table.end({ table: true })
    await write(this.#context.stdout, this.#isQuiet ? state : `${state}${this.#closing()}\n`)
  }

  #status(): string {
    const { outage, next = 0 } = this.#latest ?? {}
    const seconds = Math.max(0, Math.ceil((next - this.#context.now()) / 1000))
    if (outage !== undefined) {
      return `${outage.text}; trying again ${this.#isRefreshing ? 'now' : `in ${seconds} s`} (${outage.reason})`
    }
    const when = this.#isRefreshing ? 'refreshing now' : `next refresh in ${seconds} s`
    return `last refresh at ${timeOfDay(this.#last, { seconds: true })}; ${when}; Ctrl-C ends`
  }

  /** `Watched for 12 min: 3 tasks started, 4 succeeded, 1 failed; 12 have not ended.` */
  #closing(): string {
    const { started, succeeded, failed } = this.#table.board.happened
    const running = this.#table.rows.filter(({ task }) => !hasEnded(task)).length
    const time = durationText(this.#context.monotonic() - this.#startedAt)
    const happened = [
      started > 0 && `${started} started`,
      succeeded > 0 && `${succeeded} succeeded`,
      failed > 0 && `${failed} failed`,
    ].filter(Boolean)
    const left = running === 0 ? 'all tasks have ended' : `${running} ${running === 1 ? 'has' : 'have'} not ended`
    return `Watched for ${time}: ${happened.length === 0 ? 'nothing changed' : happened.join(', ')}; ${left}.`
  }
}
