import { expect, test } from 'vitest'
import { commandHint } from '../../src/cli/hints.js'
import type { Remedy } from '../../src/errors.js'

const NO_SUCH_TASK =
  'No task has an ID that begins with it. The server deletes ended tasks after some days. List the existing ones: glance-tasks list'

test.each<[Remedy, string]>([
  [{ kind: 'diagnose' }, 'Do it: glance-tasks doctor'],
  [{ kind: 'ask_for_less' }, 'Do it: --page-size 100'],
  [{ kind: 'choose_endpoint' }, 'Do it: --os-region-name, --os-interface'],
  [{ kind: 'show_settings', cloud: 'one' }, 'Do it: glance-tasks clouds one'],
  [{ kind: 'import_image' }, 'Do it: glance-tasks import URL --name NAME --wait'],
  [{ kind: 'upload_image' }, 'Do it: glance-tasks import FILE --name NAME --wait'],
  [{ kind: 'explain', taskId: 't1' }, 'Do it: glance-tasks explain t1'],
  [{ kind: 'explain', imageId: 'i1' }, 'Do it: glance-tasks explain --image i1'],
  [{ kind: 'explain' }, 'Do it: glance-tasks explain --image IMAGE_ID'],
  [{ kind: 'list_tasks' }, 'Do it: glance-tasks list'],
  [{ kind: 'find_task', part: '72a7' }, NO_SUCH_TASK.replace('it.', '72a7.')],
  [{ kind: 'find_request', requestId: 'req-1' }, 'Do it: glance-tasks list --request-id req-1'],
  [{ kind: 'get_task', taskId: 't1' }, 'Do it: glance-tasks get t1'],
  [{ kind: 'find_image' }, 'Do it: glance-tasks get ID -c result.image_id'],
  [{ kind: 'wait', taskIds: ['t1', 't2'] }, 'Do it: glance-tasks wait t1 t2'],
  [
    { kind: 'copy_task', taskId: 't1', type: 'import' },
    'Do it: glance-tasks get t1 -f json -c input | jq .input | glance-tasks create --type import --input -',
  ],
  [{ kind: 'choose_type' }, 'Do it: --type TYPE'],
  [{ kind: 'resume_import', imageId: 'i1' }, 'Do it: glance-tasks import SOURCE --image i1 --wait'],
  [{ kind: 'resume_import', imageId: 'i1', taskId: 't1' }, 'Do it: glance-tasks import --image i1 --wait'],
  [{ kind: 'upload_instead' }, 'Do it: --fallback local'],
  [{ kind: 'delete_image', imageId: 'i1' }, 'Do it: openstack image delete i1'],
  [{ kind: 'configure' }, 'Do it. To try the program without a cloud, run: glance-tasks sandbox'],
])('%j adds its command to the hint', (remedy, hint) => {
  expect(commandHint(remedy, 'Do it.')).toBe(hint)
})

test.each<[Remedy, string]>([
  [{ kind: 'allow_more_time' }, '--request-timeout'],
  [{ kind: 'trust_authority' }, '--os-cacert FILE'],
  [{ kind: 'name_cloud' }, '--os-cloud or OS_CLOUD'],
  [{ kind: 'list_by_image' }, 'glance-tasks list --image IMAGE_ID'],
])('%j has a separate sentence', (remedy, part) => {
  const hint = commandHint(remedy, 'Do it.')
  expect(hint).toContain(part)
  expect(hint).not.toContain('Do it')
})

test('a wait for many tasks lists them, because nobody copies many IDs', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`)
  expect(commandHint({ kind: 'wait', taskIds: ids(20) })).toMatch(/glance-tasks wait t0 .* t19$/)
  expect(commandHint({ kind: 'wait', taskIds: ids(21) })).toMatch(
    /: glance-tasks list --status pending,processing -f value -c id \| glance-tasks wait -$/,
  )
})

test('text that a shell could read as more than a word becomes a placeholder', () => {
  const bad = 'a; reboot'
  expect(commandHint({ kind: 'show_settings', cloud: bad })).toMatch(/ clouds NAME$/)
  expect(commandHint({ kind: 'find_task', part: bad })).toBe(NO_SUCH_TASK)
  expect(commandHint({ kind: 'find_request', requestId: bad })).toMatch(/ REQUEST_ID$/)
  expect(commandHint({ kind: 'get_task', taskId: bad })).toMatch(/ get ID$/)
  expect(commandHint({ kind: 'wait', taskIds: ['t1', bad] })).toMatch(/ wait t1 ID$/)
  expect(commandHint({ kind: 'resume_import', imageId: bad })).toMatch(/ --image ID --wait$/)
  expect(commandHint({ kind: 'delete_image', imageId: bad })).toMatch(/ delete ID$/)
  expect(commandHint({ kind: 'copy_task', taskId: bad, type: bad })).toMatch(/ get ID .* --type TYPE /)
})
