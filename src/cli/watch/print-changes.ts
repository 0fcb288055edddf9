import { objectOf, type Selection } from '../../output/columns.js'
import { isStructured, type ListWriter, listWriter } from '../../output/index.js'
import { rawJson } from '../../output/value-text.js'
import type { Task } from '../../tasks/task.js'
import type { Context } from '../context.js'
import { listRows } from '../list-rows.js'
import type { CommonPlan } from '../options/common-options.js'
import { outputOptions } from '../options/formatting.js'
import { caution, warning } from '../terminal/say.js'
import { write } from '../terminal/stdout.js'
import type { Refresh, WatchView } from './watch-view.js'

interface PrintedPlan extends CommonPlan {
  columns: Selection
}

/** Prints the whole list, and then a row for each task that is new or whose row has changed. */
export async function printedChanges(context: Context, plan: PrintedPlan): Promise<WatchView> {
  // The rows may be read much later: "just now" would be wrong.
  const options = { ...outputOptions(context, plan), relativeTimes: false }
  const writer = await listWriter(plan.format, plan.columns, options)
  return new PrintedChanges(context, plan, writer)
}

class PrintedChanges implements WatchView {
  readonly #context: Context
  readonly #plan: PrintedPlan
  readonly #writer: ListWriter
  readonly #textOf: (task: Task | undefined) => string | undefined
  #isFirst = true
  #outage: string | undefined

  constructor(context: Context, plan: PrintedPlan, writer: ListWriter) {
    this.#context = context
    this.#plan = plan
    this.#writer = writer
    const isRow = plan.columns.isChosen || !isStructured(plan.format)
    const toObject = objectOf({ ...plan.columns, isChosen: isRow })
    this.#textOf = (task) => task && rawJson(toObject(task))
  }

  refreshing(): void {}

  async refreshed({ changes, outage }: Refresh): Promise<void> {
    if (this.#isFirst) await this.#write(this.#writer.begin())
    const tasks = changes.filter(({ task, before }) => this.#textOf(task) !== this.#textOf(before))
    for await (const text of listRows([tasks.map(({ task }) => task)], this.#writer)) await this.#write(text)
    if (this.#isFirst) await this.#write(this.#writer.flush?.() ?? '')
    this.#isFirst = false
    if (outage?.text !== this.#outage) {
      const text = outage ? `${outage.text}; trying again (${outage.reason})` : 'the connection is working again'
      warning(this.#context, this.#plan, text)
    }
    this.#outage = outage?.text
  }

  warn(text: string): void {
    caution(this.#context, this.#plan, text)
  }

  async end(): Promise<void> {}

  #write(text: string): Promise<void> {
    return write(this.#context.stdout, text)
  }
}
