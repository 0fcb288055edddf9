import type { Remedy } from '../errors.js'
import { pastable } from '../shell-words.js'

/**
 * Returns the hint of an error for a user of the command line. The library's own hint names no command, so in most cases the
 * command that does what the hint says is added to it.
 */
export function commandHint(remedy: Remedy, hint = ''): string {
  const command = (text: string) => `${hint.replace(/\.$/, '')}: ${text}`
  switch (remedy.kind) {
    case 'diagnose':
      return command('glance-tasks doctor')
    case 'allow_more_time':
      return 'Increase --request-timeout, or find the slow part: glance-tasks doctor'
    case 'ask_for_less':
      return command('--page-size 100')
    case 'trust_authority':
      return 'Specify its CA certificate with --os-cacert FILE, OS_CACERT, or cacert: in clouds.yaml. FILE must also contain the intermediate certificates that the server does not send.'
    case 'choose_endpoint':
      return command('--os-region-name, --os-interface')
    case 'configure':
      return `${hint} To try the program without a cloud, run: glance-tasks sandbox`
    case 'name_cloud':
      return 'Set OS_AUTH_URL too. To use a cloud from clouds.yaml instead, set --os-cloud or OS_CLOUD.'
    case 'show_settings':
      return command(`glance-tasks clouds ${pastable(remedy.cloud, 'NAME')}`)
    case 'list_by_image':
      return 'By default, only administrators can use the Tasks API (policy tasks_api_access). Ask the operator for access, or use list, wait, explain or report with --image: glance-tasks list --image IMAGE_ID'
    case 'import_image':
      return command('glance-tasks import URL --name NAME --wait')
    case 'upload_image':
      return command('glance-tasks import FILE --name NAME --wait')
    case 'explain':
      return command(
        remedy.taskId === undefined
          ? `glance-tasks explain --image ${pastable(remedy.imageId ?? '', 'IMAGE_ID')}`
          : `glance-tasks explain ${pastable(remedy.taskId, 'ID')}`,
      )
    case 'list_tasks':
      return command('glance-tasks list')
    case 'find_task':
      // A shortened ID was already searched for in the list of all tasks.
      return `No task has an ID that begins with ${pastable(remedy.part, 'it')}. The server deletes ended tasks after some days. List the existing ones: glance-tasks list`
    case 'find_request':
      return command(`glance-tasks list --request-id ${pastable(remedy.requestId, 'REQUEST_ID')}`)
    case 'get_task':
      return command(`glance-tasks get ${pastable(remedy.taskId, 'ID')}`)
    case 'find_image':
      return command('glance-tasks get ID -c result.image_id')
    case 'wait':
      return command(waitFor(remedy.taskIds))
    case 'copy_task': {
      const [id, type] = [pastable(remedy.taskId, 'ID'), pastable(remedy.type, 'TYPE')]
      return command(
        `glance-tasks get ${id} -f json -c input | jq .input | glance-tasks create --type ${type} --input -`,
      )
    }
    case 'choose_type':
      return command('--type TYPE')
    case 'resume_import': {
      const source = remedy.taskId === undefined ? 'SOURCE ' : ''
      return command(`glance-tasks import ${source}--image ${pastable(remedy.imageId, 'ID')} --wait`)
    }
    case 'upload_instead':
      return command('--fallback local')
    case 'delete_image':
      return command(`openstack image delete ${pastable(remedy.imageId, 'ID')}`)
  }
}

/** More ids than this do not help on a command line that a person copies. */
const MAX_IDS = 20

function waitFor(ids: readonly string[]): string {
  if (ids.length <= MAX_IDS) return `glance-tasks wait ${ids.map((id) => pastable(id, 'ID')).join(' ')}`
  return 'glance-tasks list --status pending,processing -f value -c id | glance-tasks wait -'
}
