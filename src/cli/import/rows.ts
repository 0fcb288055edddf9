/** The result for one image of a file. */
export interface ImportRow {
  name: string
  outcome: 'imported' | 'skipped' | 'failed'
  image_id: string | null
  task_id: string | null
  /** Why it failed or was skipped, or what to know although it was imported. */
  message: string
  seconds: number
  /** The code of the error, for the report. Not a column. */
  code?: string | undefined
}
