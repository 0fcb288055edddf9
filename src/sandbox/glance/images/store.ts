import { createHash } from 'node:crypto'
import { virtualSizeOf } from './virtual-size.js'

/** The data of a download that does not take place: one MiB of zeros. */
export const DOWNLOAD: Buffer = Buffer.alloc(2 ** 20)

/** The statuses of images that are not deleted. */
export type ImageStatus = 'queued' | 'saving' | 'uploading' | 'importing' | 'active' | 'deactivated'

/** An image in Glance's database. Times are microseconds since the epoch. */
export interface ImageRow {
  id: string
  name: string | null
  status: ImageStatus
  visibility: string
  /** The id of a project. Null for the image of an import task that set no owner. */
  owner: string | null
  createdAt: number
  updatedAt: number
  diskFormat: string | null
  containerFormat: string | null
  minDisk: number
  minRam: number
  protected: boolean
  hidden: boolean
  size: number | null
  virtualSize: number | null
  checksum: string | null
  hash: string | null
  /** Custom properties, and those of Glance that begin with `os_glance`. */
  properties: Map<string, string | null>
  tags: string[]
  /** The stores that hold its data. */
  stores: string[]
}

/** The statuses that each status can change to. */
const TRANSITIONS: Record<ImageStatus, readonly ImageStatus[]> = {
  queued: ['saving', 'uploading', 'importing', 'active'],
  saving: ['active', 'queued'],
  uploading: ['importing', 'queued'],
  importing: ['active', 'queued'],
  active: ['deactivated'],
  deactivated: ['active'],
}

/** Whether a status can change to another. */
export function canTransition(from: ImageStatus, to: ImageStatus): boolean {
  return TRANSITIONS[from].includes(to)
}

/** The images of a Glance, with their data. */
export class ImageStore {
  readonly #rows = new Map<string, ImageRow>()
  readonly #deleted = new Set<string>()
  readonly #data = new Map<string, Buffer>()
  readonly #changed: (id: string) => void

  /** @param changed is called with the id of every image that is added, changed or removed. */
  constructor(changed: (id: string) => void) {
    this.#changed = changed
  }

  get(id: string): ImageRow | undefined {
    return this.#rows.get(id)
  }

  /** Whether an id is in use, even if its image has been deleted. */
  has(id: string): boolean {
    return this.#rows.has(id) || this.#deleted.has(id)
  }

  values(): Iterable<ImageRow> {
    return this.#rows.values()
  }

  deletedIds(): Iterable<string> {
    return this.#deleted
  }

  data(id: string): Buffer | undefined {
    return this.#data.get(id)
  }

  add(row: ImageRow, data?: Buffer): void {
    this.#rows.set(row.id, row)
    if (data) this.#data.set(row.id, data)
    this.#changed(row.id)
  }

  update(row: ImageRow, changes: Partial<ImageRow>): void {
    Object.assign(row, changes)
    this.#changed(row.id)
  }

  /** Stages data for an import. */
  stage(row: ImageRow, data: Buffer): void {
    this.#data.set(row.id, data)
    this.update(row, { status: 'uploading', size: data.length })
  }

  /** Keeps data for an import, which is not visible yet. */
  keepData(row: ImageRow, data: Buffer): void {
    this.#data.set(row.id, data)
    this.#changed(row.id)
  }

  dropData(row: ImageRow): void {
    this.#data.delete(row.id)
    this.#changed(row.id)
  }

  /** Stores the data of an image in one more store. */
  fill(row: ImageRow, data: Buffer, store: string, { active, now }: { active: boolean; now: number }): void {
    this.#data.set(row.id, data)
    const { md5, sha512 } = digestsOf(data)
    this.update(row, {
      ...(active && { status: 'active' }),
      size: data.length,
      virtualSize: virtualSizeOf(row, data),
      checksum: md5,
      hash: sha512,
      stores: [...row.stores, store],
      updatedAt: now,
    })
  }

  remove(id: string): void {
    this.#rows.delete(id)
    this.#data.delete(id)
    this.#deleted.add(id)
    this.#changed(id)
  }
}

const DIGESTS = new WeakMap<Buffer, { md5: string; sha512: string }>()

/** The two digests of image data. They are computed once per Buffer. */
function digestsOf(data: Buffer): { md5: string; sha512: string } {
  let digests = DIGESTS.get(data)
  if (!digests) {
    const digest = (algorithm: string) => createHash(algorithm).update(data).digest('hex')
    digests = { md5: digest('md5'), sha512: digest('sha512') }
    DIGESTS.set(data, digests)
  }
  return digests
}
