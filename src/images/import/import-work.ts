import { AbortedError, type GlanceTasksError, UnknownOutcomeError } from '../../errors.js'
import { retryDelay } from '../../http/retry.js'
import type { Fetcher } from '../../http/transfer/download.js'
import { tasksOfImage } from '../../tasks/list/tasks-of-image.js'
import { sentence } from '../../tasks/sentence.js'
import type { Task } from '../../tasks/task.js'
import { isSame } from '../checksum.js'
import { downloadSource } from '../download-source.js'
import type { Image } from '../image.js'
import { deleteRecord, getImage } from '../records.js'
import { withAdvice } from '../with-advice.js'
import { type NextAttempt, nextAttempt, settledImage } from './another-attempt.js'
import { ANY_FORMATS, checkFirst } from './check-first.js'
import type { ImportState } from './conclude.js'
import { createRecord, type Formats } from './create-record.js'
import { followImport, statusOf } from './follow-import.js'
import { ImportFault } from './import-fault.js'
import type { ImportIntent } from './import-intent.js'
import { existingImageOf } from './import-method.js'
import type { Imported, ImportMethod, StreamSource } from './import-options.js'
import { checkChecksum, checkResult } from './import-result.js'
import { imageToResume, resumeStepFor } from './resume.js'
import { type ImportRun, notify } from './run.js'
import { stage } from './stage.js'
import { startImport } from './start-import.js'

/** The pauses before a failed import is started again, in milliseconds. */
const BACK_OFF = { retries: 0, base: 4000, cap: 60_000 }

/** An attempt: the data to upload before the import is started, or the task that is already running. */
type Attempt = { upload: boolean; task?: never } | { task: Task; upload?: never }

/** One import, from its record to its end. */
export class ImportWork {
  readonly progress: ImportState = {
    imageId: undefined,
    isNew: false,
    reached: 'nothing',
    taskId: undefined,
    earlier: new Set(),
  }
  readonly #run: ImportRun
  readonly #intent: ImportIntent
  readonly #fetch: Fetcher
  /** How the data gets to the server. A fallback changes it. */
  #method: ImportMethod
  #stream: StreamSource | undefined
  #formats: Formats = ANY_FORMATS
  #image: Image | undefined
  /** Whether the staged data has the expected checksum. */
  #isVerified = false
  #retriesLeft: number
  #hasReplaced = false
  #timeoutFrom: number | undefined

  constructor(run: ImportRun, intent: ImportIntent, fetch: Fetcher) {
    this.#run = run
    this.#fetch = fetch
    this.#intent = intent
    this.#method = intent.method
    this.#stream = intent.source instanceof URL ? undefined : intent.source
    this.#retriesLeft = run.options.retryImport ?? 0
    this.#timeoutFrom = run.options.startedAt
  }

  async run(): Promise<Imported> {
    if (!this.#intent.isNew) return this.#resume()
    await this.#check()
    await this.#create()
    return this.#attempts({ upload: this.#stream !== undefined })
  }

  /** @throws UsageError if the import cannot work. */
  async #check(): Promise<void> {
    const { formats, source } = await checkFirst(this.#run, this.#fetch)
    this.#formats = formats
    if (source !== undefined && !(source instanceof URL)) this.#stream = source
  }

  async #create(): Promise<void> {
    const { progress } = this
    try {
      this.#image = await createRecord(this.#run, this.#formats, (imageId) => {
        Object.assign(progress, { imageId, isNew: true, reached: 'record', earlier: new Set() })
        this.#run.emit({ event: 'record', imageId, isNew: true })
      })
    } catch (error) {
      const mayExist = error instanceof UnknownOutcomeError || (error instanceof AbortedError && error.sent)
      if (!mayExist) progress.reached = 'nothing'
      throw error
    }
  }

  /** Resumes the import of an existing image. */
  async #resume(): Promise<Imported> {
    const { service, options, signal } = this.#run
    const image = await imageToResume(this.#run, existingImageOf(options) ?? '')
    const tasks = await tasksOfImage(service, image.id, signal)
    const step = resumeStepFor(image, { method: this.#method, source: this.#intent.source, tasks })
    this.#image = image
    const earlier = new Set(tasks.map(({ id }) => id))
    Object.assign(this.progress, { imageId: image.id, reached: 'record', earlier })
    this.#run.emit({ event: 'record', imageId: image.id, isNew: false })
    if (step.do === 'start') {
      if (image.status === 'uploading') {
        const had = `Image ${image.id} has ${image.size} bytes from an earlier upload.`
        notify(this.#run, `${had} This data will be imported. Nothing is uploaded again.`)
      }
      await this.#check()
      return this.#attempts({ upload: step.needsUpload })
    }
    if (step.do === 'follow') return this.#attempts({ task: step.task })
    if (image.status === 'active') notify(this.#run, `Image ${image.id} is already active.`)
    if (step.do === 'check') {
      const { task } = step
      this.#run.emit(statusOf(task, image, 0))
      this.progress.taskId = task.id
      const known = { isVerified: false, diskFormat: this.#diskFormat }
      return { ...(await checkResult(this.#run, { task, image }, known)), task }
    }
    checkChecksum(this.#run, image, { isVerified: false })
    return { image, task: step.task, warnings: [] }
  }

  /** Makes attempts until one succeeds, or no further attempt is possible. */
  async #attempts(first: Attempt): Promise<Imported> {
    let next = first
    for (let count = 0; ; count++) {
      try {
        return await this.#attempt(next)
      } catch (error) {
        next = { upload: await this.#prepare(error, count) }
      }
    }
  }

  async #attempt({ upload, task: running }: Attempt): Promise<Imported> {
    const { clock, options } = this.#run
    if (upload) await this.#upload(this.#stream as StreamSource)
    const startedAt = clock.monotonic()
    const task = running ?? (await this.#start())
    Object.assign(this.progress, { reached: 'running', taskId: task?.id })
    if (task === undefined || !options.wait) return { image: await this.#lastImage(), task, warnings: [] }
    this.#timeoutFrom ??= startedAt
    const following = { imageId: this.#imageId, taskId: task.id, startedAt, timeoutFrom: this.#timeoutFrom }
    const followed = await followImport(this.#run, following)
    const known = { isVerified: this.#isVerified, diskFormat: this.#diskFormat }
    return { ...(await checkResult(this.#run, followed, known)), task: followed.task }
  }

  async #upload(source: StreamSource): Promise<void> {
    const { checksum } = this.#run.options
    this.progress.reached = 'record'
    const { digest } = await stage(this.#run, this.#imageId, source)
    if (checksum === undefined || digest === undefined) return
    this.#isVerified = isSame(digest, checksum.hex)
    if (this.#isVerified) return
    const message = `The ${checksum.algorithm} of the data is ${digest}, not ${checksum.hex.toLowerCase()}.`
    throw new ImportFault(`${message} Nothing was imported.`, { code: 'checksum', hint: OTHER_DATA })
  }

  #start(): Promise<Task | undefined> {
    const { source } = this.#intent
    this.progress.reached = 'starting'
    return startImport(this.#run, {
      imageId: this.#imageId,
      method: this.#method,
      url: source instanceof URL ? source : undefined,
      earlier: this.progress.earlier,
    })
  }

  /** The expected format of the image. An image of another region has its own. */
  get #diskFormat(): string | undefined {
    if (this.#method === 'glance-download') return undefined
    return this.progress.isNew ? this.#formats.diskFormat : this.#run.options.diskFormat
  }

  get #imageId(): string {
    return this.progress.imageId as string
  }

  /** The image after the import was started. A failure to read it is ignored. */
  #lastImage(): Promise<Image> {
    const { service, signal } = this.#run
    return getImage(service, this.#imageId, { signal }).catch(() => this.#image as Image)
  }

  /**
   * Prepares another attempt after a failed one.
   *
   * @returns whether the data must be uploaded for it.
   * @throws the error if no further attempt is possible.
   */
  async #prepare(error: unknown, count: number): Promise<boolean> {
    const { source } = this.#intent
    const { fallback } = this.#run.options
    const next = nextAttempt(error, {
      retriesLeft: this.#retriesLeft,
      canDownload: fallback === 'local' && this.#method === 'web-download',
      canReplace: !this.#hasReplaced,
    })
    if (next === undefined) throw error
    // Its task has ended, or was never started.
    this.progress.reached = 'record'
    const message = sentence((error as Error).message)
    if (next === 'again') {
      this.#retriesLeft--
      const delay = retryDelay(count, undefined, BACK_OFF, this.#run.clock)
      notify(this.#run, `${message} Importing again in ${Math.round(delay / 1000)} s.`)
      await this.#run.clock.sleep(delay, this.#run.signal)
    } else if (next === 'download') {
      notify(this.#run, `${message} Downloading the image to this machine to upload it.`)
      this.#stream = await this.#download(source as URL, error)
      this.#method = 'glance-direct'
    }
    return this.#makeReady(error, next)
  }

  async #download(url: URL, error: unknown): Promise<StreamSource> {
    try {
      return await downloadSource(this.#fetch, url, this.#run.signal)
    } catch (failure) {
      if (this.#run.signal?.aborted) throw failure
      const message = `${sentence((error as Error).message)} The download to this machine also failed: ${(failure as Error).message}`
      throw error instanceof ImportFault
        ? new ImportFault(message, error)
        : withAdvice(error as GlanceTasksError, message, error as GlanceTasksError)
    }
  }

  /** Ensures that there is a record to import into. Returns and throws the same as #prepare(). */
  async #makeReady(error: unknown, next: NextAttempt): Promise<boolean> {
    const { service, options, signal } = this.#run
    const needsData = this.#method === 'glance-direct'
    const canUpload = this.#stream !== undefined && this.#stream.isRepeatable !== false
    // If these requests fail, the error that was met first is the one that counts.
    const orFirst = (failure: unknown) => {
      throw signal?.aborted ? failure : error
    }
    const settled = await settledImage(this.#run, this.#imageId).catch(orFirst)
    const { status, size, os_glance_import_task: lock } = settled
    // Before a download, nothing of ours is staged: another client uploaded it.
    const isStaged = status === 'uploading' && typeof size === 'number' && next === 'again'
    const isReady = needsData ? isStaged || (status === 'queued' && canUpload) : status !== 'importing'
    // An ended task can leave a lock that lasts for an hour.
    if (isReady && !lock && next !== 'replace') {
      const tasks = await tasksOfImage(service, this.#imageId, signal).catch(orFirst)
      this.progress.earlier = new Set(tasks.map(({ id }) => id))
      return needsData && !isStaged
    }
    if (!this.progress.isNew || options.keepFailed || (needsData && !canUpload)) throw error
    await this.#replace(error)
    return needsData
  }

  /** Creates another record in place of one that can no longer be used. */
  async #replace(error: unknown): Promise<void> {
    this.#hasReplaced = true
    notify(this.#run, `The image record ${this.#imageId} cannot be reused. Creating another one.`)
    const end = await deleteRecord(this.#run, this.#imageId, this.#run.signal)
    if (typeof end !== 'string') throw error
    await this.#create()
  }
}

const OTHER_DATA = 'The source does not have the expected data. Check the checksum and the source.'
