import type { Reply } from '../../http/exchange.js'
import type { Context } from '../context.js'
import { GlanceProblem, notAuthorized, notFound } from '../problem.js'
import { json } from '../reply.js'
import { crashesOnBody, type Route } from '../router.js'
import { type CreateOptions, createTask } from './create.js'
import { listTasks } from './list.js'
import type { TaskStore } from './store.js'
import { taskView } from './view.js'

/** What the task routes need. */
export interface TasksOptions extends CreateOptions {
  store: TaskStore
  /** Whether members may use the Tasks API, too. Glance's default policy allows admins only. */
  open: boolean
}

/** /v2/tasks: Glance's Tasks API. */
export function taskRoutes(options: TasksOptions): Route[] {
  const { open } = options
  const guarded = (handler: (context: Context, id: string) => Reply) => {
    return (context: Context, { id = '' }: Record<string, string>) => {
      if (!open && !context.isAdmin) throw notAuthorized('tasks_api_access')
      return handler(context, id)
    }
  }
  return [
    {
      pattern: '/tasks',
      methods: {
        GET: guarded((context) => listTasks(context, options.store, options.ticker)),
        POST: guarded((context) => createTask(context, options)),
      },
    },
    {
      pattern: '/tasks/{id}',
      methods: {
        GET: crashesOnBody(guarded((context, id) => getTask(context, id, options.store))),
        DELETE: crashesOnBody(guarded(deleteTask)),
      },
    },
  ]
}

function getTask(context: Context, id: string, store: TaskStore): Reply {
  const row = store.get(id)
  const visible = row && (context.isAdmin || (row.owner === context.projectId && row.deletedAt === null))
  if (!visible) throw notFound(`Could not find task ${id}`)
  return json(200, taskView(row))
}

function deleteTask(): Reply {
  throw new GlanceProblem(
    405,
    'This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time based on their expires_at property.',
    { headers: { Allow: 'GET' }, tail: '' },
  )
}
