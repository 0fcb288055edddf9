import { expect, it } from 'vitest'
import type { ImportPlan, ImportSpec } from '../../../src/cli/import/plan.js'
import { planImport } from '../../../src/cli/import/plan.js'
import { resumeHint } from '../../../src/cli/import/resume-command.js'
import type { CloudSelection } from '../../../src/config/resolve.js'
import { AbortedError, GlanceTasksError, ImportError, type Remedy } from '../../../src/errors.js'

const IMAGE = '0a1b2c3d-0000-4000-8000-00000000abcd'

const planOf = (spec: ImportSpec): ImportPlan =>
  planImport(spec, { word: (key) => key, directory: '/here', isFollowed: true })
const errorOf = (remedy: Remedy, hint?: string) => new AbortedError('Interrupted.', { remedy, hint })

const hintOf = (
  spec: ImportSpec,
  { taskId, hint, cloud = {} }: { taskId?: string; hint?: string; cloud?: CloudSelection } = {},
) => resumeHint({ image: planOf(spec), cloud }, errorOf({ kind: 'resume_import', imageId: 'i', taskId }, hint), 'posix')

const EVERY: ImportSpec = {
  source: 'https://example.org/x.raw?a=1&b=2',
  name: 'n',
  diskFormat: 'raw',
  keepFailed: true,
  store: ['local', 'my store'],
  allowPartial: true,
  checksum: { algorithm: 'md5', hex: 'ab' },
  fallback: 'local',
  retryImport: 2,
  stallTimeout: 90_000,
}

it('names the source and every option that still has an effect', () => {
  expect(hintOf(EVERY)).toBe(
    "Resume it: glance-tasks import 'https://example.org/x.raw?a=1&b=2' --image i --store local --store 'my store' " +
      '--fallback local --retry-import 2 --allow-partial --checksum md5:ab --stall-timeout 90000ms --wait',
  )
})

it('after a failure, a command that only resumed an import needs a source', () => {
  const remedy: Remedy = { kind: 'resume_import', imageId: 'i' }
  const error = new ImportError('It failed.', { code: 'task_failed', imageId: 'i', isRecordKept: true, remedy })
  const hint = (spec: ImportSpec) => resumeHint({ image: planOf(spec), cloud: {} }, error, 'posix')
  expect(hint({ image: IMAGE })).toBe('Resume it: glance-tasks import SOURCE --image i --wait')
  expect(hint({ image: IMAGE, source: 'x.raw' })).toBe('Resume it: glance-tasks import x.raw --image i --wait')
})

it('an import that was started needs no source', () => {
  expect(hintOf(EVERY, { taskId: 't', hint: 'Wait for it again.' })).toBe(
    'Wait for it again: glance-tasks import --image i --allow-partial --checksum md5:ab --stall-timeout 90000ms --wait',
  )
})

it('the command that it names is a valid one', () => {
  const spec: ImportSpec = { image: IMAGE, allowPartial: true, stallTimeout: 5 }
  expect(planOf(spec)).toEqual({ spec })
})

it.each<[ImportSpec, string]>([
  [{ source: "it's here.raw" }, "import 'it'\\''s here.raw' --image"],
  [{ source: '-' }, 'import - --image'],
  [{ source: '-x.raw' }, 'import ./-x.raw --image'],
  [{ source: 'https://me:secret@example.org/x' }, 'import URL --image'],
  [{ source: 'https://example.org/x?X-Amz-Signature=secret&X-Amz-Expires=60' }, 'import URL --image'],
  [{ source: 'x.raw', allStores: true }, 'import x.raw --image i --all-stores --wait'],
  [{ image: IMAGE, method: 'copy-image', store: ['b'] }, 'import --image i --method copy-image --store b --wait'],
  [{ image: IMAGE, fromRegion: 'R1', name: 'n' }, `import ${IMAGE} --image i --from-region R1 --wait`],
  [{ source: IMAGE, fromRegion: 'R1', store: ['b'] }, `import ${IMAGE} --image i --from-region R1 --store b --wait`],
  [{ image: IMAGE }, 'import --image i --wait'],
])('of %j', (spec, command) => {
  expect(hintOf(spec)).toContain(command)
})

it('names the cloud as it was typed, and no secret', () => {
  const cloud = {
    cloud: 'prod',
    configFile: 'my clouds.yaml',
    options: { region_name: 'R2', 'auth.password': 'secret' },
  }
  expect(hintOf({ source: 'x.raw' }, { cloud })).toBe(
    "Resume it: glance-tasks --os-cloud prod --os-region-name R2 --os-client-config-file 'my clouds.yaml' import x.raw --image i --wait",
  )
})

it('is quoted for the shells of Windows', () => {
  const image = planOf({ source: "C:\\it's.raw" })
  const error = errorOf({ kind: 'resume_import', imageId: 'i' })
  expect(resumeHint({ image, cloud: { cloud: 'my cloud' } }, error, 'windows')).toBe(
    `Resume it: glance-tasks --os-cloud "my cloud" import "C:\\it's.raw" --image i --wait`,
  )
})

it('other errors keep their own hint', () => {
  const image = planOf({ source: 'x.raw' })
  expect(
    resumeHint({ image, cloud: {} }, errorOf({ kind: 'delete_image', imageId: 'i' }, 'Delete it.'), 'posix'),
  ).toBeUndefined()
  expect(resumeHint({ image, cloud: {} }, new GlanceTasksError('api', 'No.'), 'posix')).toBeUndefined()
})
