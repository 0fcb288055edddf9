import type { TaskReport } from '../../report/report-tasks.js'

/** The report of one cloud and region. */
export interface CloudReport {
  cloud: string
  region: string | undefined
  /** Undefined: the cloud failed. */
  report: TaskReport | undefined
}
