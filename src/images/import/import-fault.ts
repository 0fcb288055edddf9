/** What an ImportFault tells besides its message. */
export interface FaultDetails {
  code?: 'task_failed' | 'checksum' | undefined
  hint?: string | undefined
  /** Whether the server does nothing more, so that an unwanted record can be deleted. Default true. */
  isOver?: boolean | undefined
  /** Whether the image is not there any more. Default false. */
  isDeleted?: boolean | undefined
  /** Whether the image is as it should be, though nobody can tell for sure. Then it is kept. Default false. */
  isKept?: boolean | undefined
  /** Whether the import may end otherwise if it is started again. Default false. */
  mayPass?: boolean | undefined
}

/** An import that failed, before it is decided what becomes of its record. It never leaves src/images. */
export class ImportFault extends Error {
  readonly code: 'task_failed' | 'checksum'
  readonly hint: string | undefined
  readonly isOver: boolean
  readonly isDeleted: boolean
  readonly isKept: boolean
  readonly mayPass: boolean

  constructor(message: string, details: FaultDetails = {}) {
    super(message)
    this.code = details.code ?? 'task_failed'
    this.hint = details.hint
    this.isOver = details.isOver ?? true
    this.isDeleted = details.isDeleted ?? false
    this.isKept = details.isKept ?? false
    this.mayPass = details.mayPass ?? false
  }
}
