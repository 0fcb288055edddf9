import type { Session } from '../session/session.js'
import type { Task } from '../tasks/task.js'
import type { Tasks } from '../tasks/tasks.js'

/** A connection to one region of one cloud. */
export interface CloudConnection {
  session: Session
  tasks: Tasks
}

/** Where the tasks of a connection are. */
export function cloudAndRegion({ session }: CloudConnection): { cloud: string; region: string | undefined } {
  return { cloud: session.cloud, region: session.region }
}

/** Adds cloud and region to a task, as its first keys. */
export function withOrigin(task: Task, { session }: CloudConnection): Task {
  const origin = { cloud: session.cloud, region: session.region ?? null }
  // These replace keys of the same names that the server may send.
  return { ...origin, ...task, ...origin }
}

/** The name of a cloud and its region for messages. */
export function originName({ session }: CloudConnection): string {
  return session.region === undefined ? session.cloud : `${session.cloud} (${session.region})`
}
