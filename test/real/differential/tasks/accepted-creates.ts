import type { Step } from '../exchange.js'
import { AS_JSON, create, GOOD_INPUT, importTask, nested, PROPERTIES } from './requests.js'

/** Image properties that no schema checks: Glance looks at them only when the task runs. */
const UNCHECKED_PROPERTIES: object[] = [
  ...[null, '', 5, 'qcow2', 'iso', 'bogus'].map((value) => ({ disk_format: value })),
  ...[null, '', 5, true, 'ova'].map((value) => ({ container_format: value })),
  ...[null, 5, true, 1.5, []].map((value) => ({ name: value })),
  { x: 5, y: true, z: null, w: false, u: '' },
  { x: {} },
  { x: [] },
  ...[null, '', 'yes', 0, 1].map((value) => ({ protected: value })),
  ...[null, true, 1.5, '5', 2147483648, -1].map((value) => ({ min_disk: value })),
  ...[null, 'a', 5, { a: 1 }, [1, true], ['a', 'a']].map((value) => ({ tags: value })),
  ...[null, 5].map((value) => ({ visibility: value })),
  ...[null, 'x', 0, 1].map((value) => ({ os_hidden: value })),
  { deleted: true },
  { deleted_at: 'x' },
  ...[null, 5, 'someone'].map((value) => ({ owner: value })),
  { name: '😀' },
  { x: '😀' },
  { tags: Array.from({ length: 130 }, (_, i) => `tag${i}`) },
]

const ACCEPTED: Step[] = [
  ...Array.from({ length: 26 }, (_, i) => create({ type: 'import', input: GOOD_INPUT }, { saveAs: `task${i}` })),
  create({ type: 'import', input: { import_from: '{www}/image.raw' } }, { saveAs: 'no-format' }),
  create(
    { type: 'import', input: { import_from: '{www}/image.raw', import_from_format: 'raw' } },
    { saveAs: 'no-properties' },
  ),
  create(importTask({ import_from: '{www}/404' }), { saveAs: 'absent-source' }),
  create(importTask({ import_from: '{www}/status/500' }), { saveAs: 'failing-source' }),
  create(importTask({ import_from: '{www}/chunked/image.raw' }), { saveAs: 'chunked-source' }),
  create(importTask({ import_from: 'http://127.0.0.1:443/image.raw' }), { saveAs: 'silent-source' }),
  create(importTask({ image_properties: {} }), { saveAs: 'empty-properties' }),
  create(importTask({ image_properties: null }), { saveAs: 'null-properties' }),
  create(importTask({ image_properties: 'text' }), { saveAs: 'text-properties' }),
  create(importTask({ image_properties: { name: 'x', disk_format: 'raw' } }), { saveAs: 'no-container' }),
  create(importTask({ image_properties: { ...PROPERTIES, status: 'active' } }), { saveAs: 'read-only-property' }),
  create(importTask({ image_properties: { ...PROPERTIES, min_disk: -1 } }), { saveAs: 'negative-property' }),
  create(importTask({ image_properties: { ...PROPERTIES, visibility: 'bogus' } }), { saveAs: 'bad-visibility' }),
  create(
    importTask({
      image_properties: {
        ...PROPERTIES,
        min_disk: 1,
        min_ram: 2,
        tags: ['t'],
        os_distro: 'd',
        visibility: 'private',
        protected: false,
      },
    }),
    { saveAs: 'full-properties' },
  ),
  create(importTask({ import_from_format: 'bogus' }), { saveAs: 'bogus-format' }),
  create(importTask({ import_from_format: 7, extra: { nested: [1, null, true] } }), { saveAs: 'extra-input' }),
  ...UNCHECKED_PROPERTIES.map((properties, i) =>
    create(importTask({ image_properties: { ...PROPERTIES, batch: `{run}-${i}`, ...properties } }), {
      saveAs: `unchecked-properties${i}`,
    }),
  ),
  ...[['local'], '', null, 5, {}].map((backend, i) => create(importTask({ backend }), { saveAs: `backend${i}` })),
  create(importTask({ backend: 'local' }), { saveAs: 'known-backend' }),
  create(importTask({ backend: 'nowhere' }), { saveAs: 'unknown-backend' }),
  create(importTask({ image_id: 'hand-made' }), { saveAs: 'with-image-id' }),
  create({ type: 'api_image_import', input: {} }, { saveAs: 'api-empty' }),
  create({ type: 'api_image_import', input: { other: 1 } }, { saveAs: 'api-no-image' }),
  create({ type: 'api_image_import', input: { image_id: 'some-image' } }, { saveAs: 'api-image' }),
  create({ type: 'api_image_import', input: { image_id: null } }, { saveAs: 'api-null-image' }),
  ...[5, 0, true, false, ''].map((id, i) =>
    create({ type: 'api_image_import', input: { image_id: id } }, { saveAs: `api-odd-image${i}` }),
  ),
  create({ type: 'api_image_import', input: { image_id: 'deep', n: nested(837) } }, { saveAs: 'api-deep' }),
  create(
    { type: 'import', input: GOOD_INPUT, owner: 'someone', message: 'm', result: null, status: 'success' },
    { saveAs: 'overridden' },
  ),
  create(
    { type: 'import', input: GOOD_INPUT },
    { saveAs: 'own-request-id', headers: { 'X-Openstack-Request-Id': 'req-{run}-a' } },
  ),
  create(
    { type: 'import', input: GOOD_INPUT },
    { saveAs: 'bare-request-id', headers: { 'X-Openstack-Request-Id': '{run}-b' } },
  ),
  create({ type: 'import', input: GOOD_INPUT }, { saveAs: 'plain-type', headers: { 'Content-Type': 'text/plain' } }),
  create({ type: 'import', input: GOOD_INPUT }, { saveAs: 'no-accept', headers: { Accept: '*/*' } }),
  create(
    '{"type":"api_image_import","input":{"image_id":"n","i":12345678901234567890,"f":1.0,"g":1.50,"e":1e5,"s":1e-7,"b":1e16,"c":123456789012345678.5,"z":-0,"y":-0.0,"é":"ü😀\\u0007\\u2028","d":{"b":1,"a":[]}}}',
    { saveAs: 'numbers' },
  ),
  create('{"type":"import","type":"api_image_import","input":{"image_id":"dup","a":1,"a":2}}', {
    saveAs: 'duplicate-keys',
  }),
  create('  {"type":"api_image_import", "input":{"image_id":"space"}}\n', { saveAs: 'white-space' }),
]

/**
 * Creates that Glance accepts. Later steps compare the outcomes once the tasks have ended. Each create has its own
 * request id, so that a list sorted by request id has exactly one order.
 */
export const ACCEPTED_CREATES: Step[] = ACCEPTED.map((step, i) => ({
  ...step,
  headers: { 'X-Openstack-Request-Id': `req-{run}-${100 + i}`, ...step.headers },
}))

/** The names under which those steps save their tasks. */
export const TASK_NAMES = ACCEPTED_CREATES.flatMap(({ saveAs }) => saveAs ?? [])

/** Reads every accepted task, and the images with unchecked properties. */
export const TASK_READS: Step[] = [
  ...TASK_NAMES.map((name) => `/v2/tasks/{${name}}`),
  ...UNCHECKED_PROPERTIES.map((_, i) => `/v2/images?batch={run}-${i}`),
].map((path) => ({ method: 'GET', path, headers: AS_JSON }))
