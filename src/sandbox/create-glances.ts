import { systemClock } from '../http/clock.js'
import { REGIONS, type RegionName } from './endpoints.js'
import { Glance } from './glance/index.js'
import type { Directory } from './keystone/directory.js'
import type { SandboxOptions } from './options.js'
import { readyTasks } from './ready-tasks.js'
import { seedTasks, type TaskOwner } from './seed.js'
import { StateFile } from './state.js'

const DEFAULT_TASK_DURATION = 2000

/** Creates the Glance of every region, with the tasks and images of the state file, or with ready-made tasks. */
export function createGlances(
  options: SandboxOptions,
  directory: Directory,
  signal: AbortSignal,
): Record<RegionName, Glance> {
  const { clock = systemClock, state } = options
  const file = state === undefined ? undefined : new StateFile(state)
  const make = (region: RegionName): Glance => {
    const glance: Glance = new Glance({
      now: () => clock.now(),
      random: () => clock.random(),
      taskDuration: options.taskDuration ?? DEFAULT_TASK_DURATION,
      failureRate: options.failureRate ?? 0,
      filter: options.importFilter ?? {},
      openTasks: options.openTasks ?? false,
      stores: options.stores ?? ['local'],
      quotas: options.quotas,
      imagesOf(name) {
        // Glance compares the names of regions without their case.
        const known = REGIONS.find((id) => id.toLowerCase() === name.toLowerCase())
        return known && glances[known].images
      },
      signal,
      listener: file && {
        taskChanged: (row) => file.taskChanged(region, row),
        imageChanged: (id) => file.imageChanged(region, id, glance),
      },
    })
    return glance
  }
  const glances = Object.fromEntries(REGIONS.map((region) => [region, make(region)])) as Record<RegionName, Glance>
  file?.read(glances)
  if (glances.RegionOne.tasks.size === 0) {
    const { seed = 0, tasks = [] } = options
    const owner = adminOwner(directory)
    const now = clock.now() * 1000
    const rows = [...seedTasks(seed, owner, now).reverse(), ...readyTasks(tasks, owner, now)]
    for (const row of rows) glances.RegionOne.restoreTask(row)
  }
  file?.write(glances)
  return glances
}

/** The owner of ready-made tasks. */
function adminOwner(directory: Directory): TaskOwner {
  const project = directory.project({ name: 'admin' })
  const user = directory.user({ name: 'admin' })
  return { projectId: project?.id ?? '', userId: user?.id ?? '' }
}
