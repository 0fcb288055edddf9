import { AbortedError, GlanceTasksError } from '../../errors.js'
import type { JsonObject } from '../../http/json.js'
import { failureIn, preflight } from '../../images/import/preflight.js'
import { fetcherFor } from '../../session/http-client.js'
import type { CloudConnection } from '../cloud-connection.js'
import { sessionOptions } from '../connect.js'
import type { Context } from '../context.js'
import { endWith } from '../failures.js'
import { openSource } from '../input/image-source.js'
import type { ListedImage } from '../input/images-file.js'
import { printRows } from '../terminal/print-rows.js'
import { importOptionsOf } from './carry-out-import.js'
import { planRow } from './dry-run.js'
import { type Existing, findExisting } from './existing.js'
import type { ManyPlan } from './many.js'
import { inPool } from './pool.js'

/** The planned outcome for an image. */
type Action = 'import' | 'continue' | 'skip' | 'fail'

interface Checked {
  image: ListedImage
  row: JsonObject & { action: Action }
  error?: GlanceTasksError | undefined
}

/**
 * Checks the images in a file without creating anything, and prints a row with the planned outcome for each image. In JSON, a row
 * also has the plan and the checks.
 *
 * @throws the failure, or an ExitStatus after reporting all failures.
 */
export async function dryRunOfMany(
  context: Context,
  plan: ManyPlan,
  connection: CloudConnection,
  images: readonly ListedImage[],
): Promise<void> {
  const { projectId: owner } = await connection.session.login(context.signal)
  const check = async (image: ListedImage): Promise<Checked> => {
    try {
      return await checkOne(context, plan, connection, image, owner)
    } catch (error) {
      if (!(error instanceof GlanceTasksError) || error instanceof AbortedError) throw error
      return checked(image, 'fail', { message: error.message }, error)
    }
  }
  const results = await inPool(images, plan.parallel, check)
  await printRows(
    context,
    plan,
    results.map(({ row }) => row),
  )
  const failures = results.flatMap(({ error, image }) => (error ? [{ error, where: image.name }] : []))
  await endWith(context, plan, failures)
}

async function checkOne(
  context: Context,
  plan: ManyPlan,
  connection: CloudConnection,
  image: ListedImage,
  owner: string | undefined,
): Promise<Checked> {
  const existing = await findExisting(context, connection, image.plan, owner)
  if (existing.is === 'there') return checked(image, 'skip', { image_id: existing.imageId, message: existing.why })
  const { spec, source } = image.plan
  const opened = source && (await openSource(context, source))
  try {
    const options = importOptionsOf(spec, opened?.source, plan.wait)
    const fetch = fetcherFor(sessionOptions(context, plan))
    const found = await preflight(connection.session, fetch, { ...options, signal: context.signal })
    const error = failureIn(found)
    const warnings = found.checks.filter(({ status }) => status === 'warning').map(({ detail }) => detail)
    const more = { plan: planRow(found.plan, options), checks: found.checks }
    const message = error?.message ?? warnings.join(' ')
    return checked(image, error ? 'fail' : actionOf(existing), { ...recordOf(existing), message, ...more }, error)
  } finally {
    opened?.close()
  }
}

function actionOf({ is }: Existing): Action {
  return is === 'left' ? 'continue' : 'import'
}

function recordOf(existing: Existing): JsonObject {
  return existing.is === 'left' ? { image_id: existing.records[0] ?? null } : {}
}

function checked(image: ListedImage, action: Action, details: JsonObject, error?: GlanceTasksError): Checked {
  const { name, plan } = image
  return { image, row: { name, action, method: plan.method ?? null, image_id: null, ...details }, error }
}
