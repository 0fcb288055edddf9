import type { JsonObject } from '../../../http/json.js'
import { GlanceProblem } from '../problem.js'
import type { ImageRow, ImageStore } from './store.js'

/** The names of Glance's quotas. The first two are sizes in MiB. */
export const QUOTAS = ['image_size_total', 'image_stage_total', 'image_count_total', 'image_count_uploading'] as const

export type QuotaName = (typeof QUOTAS)[number]

/** The limits of every project, as Keystone's unified limits set them. */
export type Quotas = Partial<Record<QuotaName, number>>

const MIB = 2 ** 20

/** Whether data of an image are on their way. */
const isUploading = ({ status, properties }: ImageRow) =>
  status === 'saving' ||
  status === 'uploading' ||
  status === 'importing' ||
  Boolean(properties.get('os_glance_importing_to_stores'))

const sum = (rows: readonly ImageRow[], value: (row: ImageRow) => number) =>
  rows.reduce((total, row) => total + value(row), 0)

/** How much of each quota the images of a project use. */
const USAGES: Record<QuotaName, (images: readonly ImageRow[]) => number> = {
  image_size_total: (images) => Math.floor(sum(images, ({ size, stores }) => (size ?? 0) * stores.length) / MIB),
  image_stage_total: (images) => Math.floor(sum(images.filter(isUploading), ({ size }) => size ?? 0) / MIB),
  image_count_total: (images) => images.length,
  image_count_uploading: (images) => images.filter(isUploading).length,
}

/** The quotas of a Glance. */
export class Quota {
  readonly #images: ImageStore
  /** Undefined if Glance does not use Keystone's limits. */
  readonly #limits: Quotas | undefined

  constructor(images: ImageStore, limits: Quotas | undefined) {
    this.#images = images
    this.#limits = limits
  }

  /** The answer of /v2/info/usage. */
  view(projectId: string | undefined): JsonObject {
    const limits = this.#limits
    if (!limits) return {}
    return Object.fromEntries(
      QUOTAS.map((name) => [name, { usage: this.#usage(name, projectId), limit: limits[name] ?? -1 }]),
    )
  }

  /**
   * What Glance says if a project is over a limit, or would be with `delta` more; undefined if it is not.
   */
  violation(name: QuotaName, projectId: string | undefined, delta = 0): string | undefined {
    const limit = this.#limits?.[name] ?? -1
    const usage = limit < 0 ? 0 : this.#usage(name, projectId)
    if (limit < 0 || usage + delta <= limit) return undefined
    const reason = `[Resource ${name} is over limit of ${limit} due to current usage ${usage} and delta ${delta}]`
    return `The request returned a 413 Request Entity Too Large. This generally means that rate limiting or a quota threshold was breached.\n\nThe response body:\nProject ${projectId} is over a limit for ${reason}`
  }

  /** @throws GlanceProblem 413 if a project is over a limit, or would be with `delta` more. */
  enforce(name: QuotaName, projectId: string | undefined, delta = 0): void {
    const violation = this.violation(name, projectId, delta)
    if (violation !== undefined) throw new GlanceProblem(413, violation)
  }

  #usage(name: QuotaName, projectId: string | undefined): number {
    return USAGES[name](Array.from(this.#images.values()).filter(({ owner }) => owner === projectId))
  }
}
