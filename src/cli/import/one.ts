import { GlanceTasksError } from '../../errors.js'
import type { Selection } from '../../output/columns.js'
import { fetcherFor } from '../../session/http-client.js'
import { DEFAULT_WAIT_TIMEOUT } from '../../tasks/wait/wait-timeout.js'
import { type CloudConnection, cloudAndRegion } from '../cloud-connection.js'
import { type CloudPlan, sessionOptions, withCloud } from '../connect.js'
import type { Context } from '../context.js'
import { endWith, type Failure } from '../failures.js'
import { type OpenSource, openSource } from '../input/image-source.js'
import type { WaitPlan } from '../options/wait-options.js'
import type { StartedEvent } from '../progress/events.js'
import { ImportEvents } from '../progress/import-events.js'
import { withProgress } from '../progress/progress.js'
import { withIds } from '../started.js'
import { type PrintPlan, printTasks } from '../terminal/print-tasks.js'
import { warning } from '../terminal/say.js'
import { userShell } from '../user-shell.js'
import { carryOutImport, importOptionsOf } from './carry-out-import.js'
import type { FailureCause } from './failure-cause.js'
import { existingImage, type ImportPlan } from './plan.js'
import { resumeHint } from './resume-command.js'

/** An import of one image. */
export interface OnePlan extends CloudPlan, PrintPlan {
  image: ImportPlan
  /** How to follow the import; undefined: only start it. */
  wait: WaitPlan | undefined
  /** With --dry-run: the columns of the checks. */
  checks?: Selection
}

/**
 * Imports one image and prints its task, even if the import fails, times out or is interrupted.
 *
 * @throws the failure, or an ExitStatus after reporting it.
 */
export async function importOne(context: Context, plan: OnePlan): Promise<void> {
  const { source } = plan.image
  const opened = source && (await openSource(context, source))
  try {
    await withCloud(context, plan, (connection) => work(context, plan, connection, opened))
  } finally {
    opened?.close()
  }
}

async function work(
  context: Context,
  plan: OnePlan,
  connection: CloudConnection,
  opened: OpenSource | undefined,
): Promise<void> {
  const { wait, image } = plan
  const options = {
    ...importOptionsOf(image.spec, opened?.source, wait),
    retries: plan.retries,
    fetch: fetcherFor(sessionOptions(context, plan)),
  }
  if (plan.checks) {
    const { dryRun } = await import('./dry-run.js')
    return dryRun(context, { ...plan, columns: plan.checks }, connection, options)
  }
  const outcome = await withProgress(context, plan, startOf(plan), (progress) => {
    const events = new ImportEvents(progress, context, cloudAndRegion(connection))
    return carryOutImport(context, connection, options, events.show)
  })
  for (const text of outcome.warnings) warning(context, plan, text)
  const { task, error, cause } = outcome
  const failures: Failure[] = error ? [{ error, hint: hintFor(context, plan, error, cause) }] : []
  if (task) {
    await printTasks(context, plan, [task]).catch((fault) => {
      if (!(fault instanceof GlanceTasksError)) throw fault
      failures.push({ error: withIds([task], fault) })
    })
  }
  await endWith(context, plan, failures)
}

/** The task is not known yet. */
function startOf({ image, wait }: OnePlan): Omit<StartedEvent, 'event'> {
  return {
    taskIds: [],
    imageId: existingImage(image.spec),
    total: 1,
    of: 'tasks',
    timeout: wait?.timeout ?? DEFAULT_WAIT_TIMEOUT,
  }
}

/** The cause and what to do about it, then the command that resumes the import; undefined: the error's own hint. */
function hintFor(
  context: Context,
  plan: OnePlan,
  error: GlanceTasksError,
  cause: FailureCause | undefined,
): string | undefined {
  const resume = resumeHint(plan, error, userShell(context))
  return cause === undefined ? resume : [cause.summary, cause.advice, resume].filter(Boolean).join(' ')
}
