/** The details of an ImportFault. */
export interface FaultDetails {
  code?: 'task_failed' | 'checksum' | undefined
  hint?: string | undefined
  /** Whether the server has stopped working on the import, so that its record can be deleted. Default true. */
  isOver?: boolean | undefined
  /** Whether the image no longer exists. Default false. */
  isDeleted?: boolean | undefined
  /** Whether the image is probably complete, but this cannot be verified. Then it is kept. Default false. */
  isKept?: boolean | undefined
  /** Whether the import may succeed if it is started again. Default false. */
  isTransient?: boolean | undefined
  /** Whether no other import into the image is possible. Default false. */
  isStuck?: boolean | undefined
}

/** The error of a failed import, before its record is deleted or kept. It never leaves src/images. */
export class ImportFault extends Error {
  readonly code: 'task_failed' | 'checksum'
  readonly hint: string | undefined
  readonly isOver: boolean
  readonly isDeleted: boolean
  readonly isKept: boolean
  readonly isTransient: boolean
  readonly isStuck: boolean

  constructor(message: string, details: FaultDetails = {}) {
    super(message)
    this.code = details.code ?? 'task_failed'
    this.hint = details.hint
    this.isOver = details.isOver ?? true
    this.isDeleted = details.isDeleted ?? false
    this.isKept = details.isKept ?? false
    this.isTransient = details.isTransient ?? false
    this.isStuck = details.isStuck ?? false
  }
}

/** The fault of an image that another client deleted. */
export function imageDeleted(imageId: string): ImportFault {
  return new ImportFault(deletedText(imageId), { isDeleted: true })
}

export function deletedText(imageId: string): string {
  return `Image ${imageId} was deleted during the import.`
}
