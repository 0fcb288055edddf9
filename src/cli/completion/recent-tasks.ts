import { type CloudSelection, resolveCloud } from '../../config/resolve.js'
import { relativeTime } from '../../output/table/times.js'
import { openSession } from '../../session/session.js'
import { TaskList } from '../../tasks/list/list.js'
import { hasEnded, type Task } from '../../tasks/task.js'
import { VERSION } from '../../version.js'
import type { Context } from '../context.js'
import { cloudSelections } from '../options/cloud-options.js'
import { optionValues, type TypedLine } from './command-line.js'
import type { Candidate } from './offer.js'

/** A person who pressed Tab waits at most this long for the cloud, in milliseconds. */
const TIME_LIMIT = 500
/** How many of the newest tasks are requested. */
const MAX_TASKS = 50

/**
 * The newest tasks that the command can use, newest first. Only a cached token is used: a login at each press of Tab could lock an
 * account. Empty without one, and if the clouds do not respond in time.
 */
export async function recentTasks(line: TypedLine, context: Context): Promise<Candidate[]> {
  const values = optionValues(line)
  const limit = new AbortController()
  const stopTimer = context.startTimer(TIME_LIMIT, () => limit.abort())
  try {
    const lists = cloudSelections(values).map((selection) =>
      tasksOf(selection, context, limit.signal, values.tokenCache === true).catch(() => []),
    )
    const isUseful = usefulFor(line.command?.name())
    return (await Promise.all(lists))
      .flat()
      .filter(isUseful)
      .map((task) => candidateOf(task, context.now()))
  } finally {
    stopTimer()
  }
}

async function tasksOf(
  selection: CloudSelection,
  context: Context,
  signal: AbortSignal,
  tokenCache: boolean,
): Promise<Task[]> {
  const { settings } = await resolveCloud(selection, context)
  const session = await openSession(settings, {
    clock: context,
    environment: context,
    userAgent: `glance-tasks/${VERSION}`,
    requestTimeout: TIME_LIMIT,
    connectTimeout: TIME_LIMIT,
    retries: 0,
    tokenCache,
    logIn: false,
    // No token goes to a host that a file in the working directory names.
    confirm: async () => false,
  })
  try {
    return await new TaskList(session, { limit: MAX_TASKS, pageSize: MAX_TASKS, signal }).all()
  } finally {
    await session.close()
  }
}

function usefulFor(command: string | undefined): (task: Task) => boolean {
  if (command === 'wait') return (task) => !hasEnded(task)
  if (command === 'retry') return (task) => task.status === 'failure'
  return () => true
}

function candidateOf({ id, type, status, created_at }: Task, now: number): Candidate {
  return { value: id, description: `${status}, ${relativeTime(created_at, now)}, ${type}` }
}
