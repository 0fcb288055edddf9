import type { Task } from '../tasks/task.js'
import type { Connection } from './connect.js'

/** The task with the cloud and the region it comes from, which stand first. */
export function withOrigin(task: Task, { session }: Connection): Task {
  const origin = { cloud: session.cloud, region: session.region ?? null }
  // What the server itself might send under these names does not count.
  return { ...origin, ...task, ...origin }
}

/** How a cloud is called in a message. */
export function originName({ session }: Connection): string {
  return session.region === undefined ? session.cloud : `${session.cloud} (${session.region})`
}
