import { pastable } from '../../shell-words.js'
import { originOptions } from '../terminal/same-cloud.js'
import type { UserShell } from '../user-shell.js'
import type { CloudReport } from './cloud-report.js'

/** The command that explains a task of a report. It names the cloud if there are several. */
export function explainCommand(id: string, report: CloudReport, isSeveral: boolean, shell: UserShell): string {
  return `glance-tasks explain ${pastable(id, 'ID')}${isSeveral ? originOptions(report, shell) : ''}`
}
