import { randomUUID } from 'node:crypto'
import { isJsonObject, type JsonObject, type JsonValue } from '../../http/json.js'
import type { TaskPlan, TaskRow, TaskStore } from './task-store.js'

/** How long Glance keeps a task that has ended: 48 hours, in microseconds. */
const TIME_TO_LIVE = 48 * 3600 * 1_000_000

export interface RunnerOptions {
  /** How long a task takes from its creation to its end, in milliseconds. */
  taskDuration: number
  /** The share of imports that fail for no reason of their own, from 0 to 1. */
  failureRate: number
  random: () => number
}

/**
 * Carries tasks through their life. Nothing runs in the background: what becomes of a task is decided when it is made,
 * and whoever looks sees it as far as it has come by then. That makes it exact under any clock, and lets a sandbox be
 * stopped and started again in the middle of a task.
 */
export class TaskRunner {
  readonly #store: TaskStore
  readonly #options: RunnerOptions
  readonly #running = new Set<TaskRow>()

  constructor(store: TaskStore, options: RunnerOptions) {
    this.#store = store
    this.#options = options
  }

  /** Starts a task that has just been made. */
  start(row: TaskRow): void {
    row.plan = this.#plan(row)
    this.follow(row)
  }

  /** Takes up a task that has a plan. */
  follow(row: TaskRow): void {
    if (row.plan) this.#running.add(row)
  }

  /** Brings every task to where it is at this time, in microseconds. */
  advance(now: number): void {
    for (const row of this.#running) {
      const { plan } = row
      if (plan) this.#move(row, plan, now)
      if (!row.plan) this.#running.delete(row)
    }
  }

  #move(row: TaskRow, plan: TaskPlan, now: number): void {
    if (row.status === 'pending' && now >= plan.startsAt) {
      this.#store.update(row, { status: 'processing', updatedAt: plan.startsAt })
    }
    if (plan.endsAt === undefined || now < plan.endsAt) return
    this.#store.update(row, {
      status: plan.status,
      message: plan.message,
      result: plan.result,
      updatedAt: plan.endsAt,
      expiresAt: plan.endsAt + TIME_TO_LIVE,
      plan: undefined,
    })
  }

  #plan(row: TaskRow): TaskPlan {
    const duration = this.#options.taskDuration * 1000
    const startsAt = row.createdAt + Math.floor(duration / 4)
    const endsAt = row.createdAt + duration
    const failure = (message: string): TaskPlan => ({ startsAt, endsAt, status: 'failure', message, result: null })
    const problem = inputProblem(row)
    if (problem !== undefined) return failure(problem)
    // A task of this type that was made by hand lacks what only an image's import can give it, and Glance never ends it.
    if (row.type === 'api_image_import') return { ...failure(''), endsAt: undefined }
    if (this.#options.random() < this.#options.failureRate) return failure('Task failed due to Internal Error')
    return { startsAt, endsAt, status: 'success', message: '', result: { image_id: randomUUID() } }
  }
}

/** What Glance finds wrong with a task's input only when it runs it. */
function inputProblem({ type, input }: TaskRow): string | undefined {
  const given: JsonObject = isJsonObject(input) ? input : {}
  if (type === 'api_image_import') return 'image_id' in given ? undefined : "Missing required 'image_id' field"
  const absent = ['import_from', 'import_from_format', 'image_properties'].find((key) => !(key in given))
  if (absent) return `Input does not contain '${absent}' field`
  return pathEndsIn404(given.import_from) ? 'Uploading the image failed due to: HTTP Error 404: Not Found' : undefined
}

function pathEndsIn404(uri: JsonValue | undefined): boolean {
  return typeof uri === 'string' && URL.canParse(uri) && /\/404$/.test(new URL(uri).pathname)
}
