import { pastable } from '../../shell-words.js'
import { shellWord, type UserShell } from '../user-shell.js'
import type { CloudReport } from './cloud-report.js'

/** The options that name the cloud of a report; empty unless there are several clouds. Begins with a space. */
export function originOptions(
  { cloud, region }: Pick<CloudReport, 'cloud' | 'region'>,
  isSeveral: boolean,
  shell: UserShell,
): string {
  if (!isSeveral) return ''
  const name = ` --os-cloud ${shellWord(cloud, shell)}`
  return region === undefined ? name : `${name} --os-region-name ${shellWord(region, shell)}`
}

/** The command that explains a task of a report. */
export function explainCommand(id: string, report: CloudReport, isSeveral: boolean, shell: UserShell): string {
  return `glance-tasks explain ${pastable(id, 'ID')}${originOptions(report, isSeveral, shell)}`
}
