import { pastable, shellQuoted } from '../../shell-words.js'
import type { CloudReport } from './cloud-report.js'

/** The options that name the cloud of a report; empty unless there are several clouds. Begins with a space. */
export function originOptions({ cloud, region }: CloudReport, isSeveral: boolean): string {
  if (!isSeveral) return ''
  const name = ` --os-cloud ${shellWord(cloud)}`
  return region === undefined ? name : `${name} --os-region-name ${shellWord(region)}`
}

/** The command that explains a task of a report. */
export function explainCommand(id: string, report: CloudReport, isSeveral: boolean): string {
  return `glance-tasks explain ${pastable(id, 'ID')}${originOptions(report, isSeveral)}`
}

function shellWord(text: string): string {
  return pastable(text, shellQuoted(text))
}
