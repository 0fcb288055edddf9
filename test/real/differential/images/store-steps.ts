import type { Step } from '../exchange.js'
import { create, FORMATS, get, JSON_TYPE, MEMBER, OCTETS, request, startImport, upload } from './requests.js'

/**
 * Imports into several stores, one of which fails, and imports that are looked at while they run. The stores of both
 * clouds are local, second and broken.
 */

const IMAGE = { method: { name: 'web-download', uri: '{www}/image.raw' } }
/** A download that takes about four seconds. */
const SLOW = { method: { name: 'web-download', uri: '{www}/slow/image.raw?rate=300000' } }
const STAGED = { method: { name: 'glance-direct' } }
const COPY = { method: { name: 'copy-image' } }

const WEB = ['both', 'web_strict', 'web_strict_last', 'web_partial', 'web_404', 'web_500', 'web_short']
const MORE_WEB = ['web_chunked', 'web_gzip', 'web_page', 'web_redirect', 'web_loop', 'web_refused']
const DIRECT = ['direct', 'direct_strict', 'direct_strict_last', 'direct_partial', 'direct_none']
/** An image whose import has ended. Glance unlocks it a moment after its status becomes active. */
const UNLOCKED = /^(?!.*os_glance_import_task).*"active"/s
const RUNNING = ['slow', 'deleted', 'empty', 'locked', 'sized']

const names = [...WEB, ...MORE_WEB, ...DIRECT, ...RUNNING]

const makeImages = names.map((name) => create({ name, ...FORMATS }, { ...MEMBER, saveAs: name }))

const from = (path: string, more: object = {}) => ({ method: { name: 'web-download', uri: `{www}${path}` }, ...more })
const partial = (stores: string[]) => ({ stores, all_stores_must_succeed: false })

/** The first part: imports that run to their end, and an image with an id that the client chose. */
export const STORE_STEPS: Step[] = [
  ...makeImages,
  create({ id: '{both}', name: 'again', ...FORMATS }, MEMBER),
  create({ id: '{both}', name: 'again', ...FORMATS }, { as: 'other' }),
  create({ id: '{run}', name: 'no uuid' }, MEMBER),
  startImport('both', { ...IMAGE, stores: ['second', 'local'] }, MEMBER),
  startImport('web_strict', { ...IMAGE, stores: ['broken', 'local'] }, MEMBER),
  startImport('web_strict_last', { ...IMAGE, stores: ['local', 'broken'] }, MEMBER),
  startImport('web_partial', { ...IMAGE, ...partial(['broken', 'local']) }, MEMBER),
  startImport('web_404', from('/404'), MEMBER),
  startImport('web_500', from('/status/500', { stores: ['local', 'second'] }), MEMBER),
  startImport('web_short', from('/short/image.raw'), MEMBER),
  startImport('web_chunked', from('/chunked/image.raw'), MEMBER),
  startImport('web_gzip', from('/gzip/image.raw'), MEMBER),
  startImport('web_page', from('/page'), MEMBER),
  startImport('web_redirect', from('/redirect?to={www}/image.raw'), MEMBER),
  startImport('web_loop', from('/loop'), MEMBER),
  startImport('web_refused', from('/redirect?to=http://127.0.0.1:1/x'), MEMBER),
  ...DIRECT.map((name) => upload(`/{${name}}/stage`, `staged ${name}`, MEMBER)),
  get('/{direct}', MEMBER),
  upload('/{direct}/stage', 'again', MEMBER),
  upload('/{sized}/stage', 'five!', { ...MEMBER, headers: { ...OCTETS, 'X-Openstack-Image-Size': '7' } }),
  get('/{sized}', MEMBER),
  startImport('direct', IMAGE, MEMBER),
  startImport('direct', { ...STAGED, stores: ['local', 'second'] }, MEMBER),
  startImport('direct_strict', { ...STAGED, stores: ['broken', 'local'] }, MEMBER),
  startImport('direct_strict_last', { ...STAGED, stores: ['local', 'broken'] }, MEMBER),
  startImport('direct_partial', { ...STAGED, ...partial(['local', 'broken']) }, MEMBER),
  startImport('direct_none', { ...STAGED, ...partial(['broken']) }, MEMBER),
]

/** What follows: what is left of them, and what can be done with it. */
export const STORE_RESULTS: Step[] = [
  ...[...WEB, ...MORE_WEB, ...DIRECT].flatMap((name) => [get(`/{${name}}`, MEMBER), get(`/{${name}}/tasks`, MEMBER)]),
  get('/{both}/file', MEMBER),
  get('/{web_page}/file', MEMBER),
  ...['direct_strict', 'direct_none'].flatMap((name) => [
    upload(`/{${name}}/stage`, 'again', MEMBER),
    startImport(name, IMAGE, MEMBER),
    startImport(name, STAGED, MEMBER),
  ]),
  startImport('both', COPY, MEMBER),
  startImport('both', { ...COPY, stores: ['second'] }),
  startImport('both', { ...COPY, stores: ['broken'] }),
  startImport('web_partial', { ...COPY, stores: ['second', 'broken'] }),
  startImport('direct_partial', { ...COPY, all_stores: true, all_stores_must_succeed: false }),
]

/** What follows once the copies have ended: imports that are looked at while they run. */
export const RUNNING_STEPS: Step[] = [
  ...['both', 'web_partial', 'direct_partial'].flatMap((name) => [
    get(`/{${name}}`, MEMBER),
    get(`/{${name}}/tasks`, MEMBER),
    get(`/{${name}}/tasks`),
  ]),
  upload('/{empty}/file', 'x', {
    ...MEMBER,
    headers: { 'Content-Type': 'application/octet-stream', Accept: 'application/json', 'X-Image-Meta-Store': 'broken' },
  }),
  get('/{empty}', MEMBER),
  startImport('slow', { ...SLOW, stores: ['second', 'local'] }, MEMBER),
  startImport('deleted', SLOW, MEMBER),
  get('/{slow}', { ...MEMBER, until: /"importing"/ }),
  get('/{slow}/tasks', { ...MEMBER, until: /"processing"/ }),
  startImport('slow', IMAGE, MEMBER),
  startImport('slow', STAGED, MEMBER),
  startImport('slow', COPY),
  upload('/{slow}/stage', 'x', MEMBER),
  upload('/{slow}/file', 'x', MEMBER),
  get('/{deleted}', { ...MEMBER, until: /"importing"/ }),
  request('DELETE', '/{deleted}', MEMBER),
  request('DELETE', '/{deleted}', MEMBER),
  get('/{deleted}', MEMBER),
  get('/{deleted}/tasks', MEMBER),
  get('/{slow}', { ...MEMBER, until: UNLOCKED }),
  // Glance never unlocks this image: a test that waits for it would wait for an hour.
  startImport('locked', { ...IMAGE, ...partial(['broken']) }, MEMBER),
  get('/{locked}/tasks', { ...MEMBER, until: /"failure"/ }),
  get('/{locked}', MEMBER),
  startImport('locked', IMAGE, MEMBER),
  request('DELETE', '/{locked}', MEMBER),
]

/** The end: every image can be deleted, whatever became of its import. */
export const STORE_FINISH: Step[] = [
  get('/{slow}', { ...MEMBER, until: UNLOCKED }),
  get('/{slow}/tasks', MEMBER),
  ...names.map((name) => request('DELETE', `/{${name}}`, MEMBER)),
]

const two = (step: Step): Step => ({ ...step, service: 'image-two' })
const region = (values: object) => ({ method: { name: 'glance-download', ...values } })
const ORIGINAL = { ...FORMATS, hw_machine_type: 'q35', os_distro: 'debian', color: 'blue' }

/** glance-download from RegionOne to RegionTwo: the records. */
export const REGION_STEPS: Step[] = [
  create({ name: 'original', ...ORIGINAL }, { ...MEMBER, saveAs: 'original' }),
  create({ name: 'empty', ...FORMATS }, { ...MEMBER, saveAs: 'empty_original' }),
  create({ name: 'private', visibility: 'private', ...FORMATS }, { saveAs: 'admins_original' }),
  upload('/{original}/file', 'the data of the original', MEMBER),
  ...['downloaded', 'inactive', 'unknown', 'no_region'].map((name) =>
    two(create({ name, disk_format: 'qcow2', container_format: 'bare' }, { ...MEMBER, saveAs: name })),
  ),
  two(startImport('downloaded', region({}), MEMBER)),
  two(startImport('downloaded', region({ glance_region: 'RegionOne' }), MEMBER)),
  ...['x', '', 5, null, '{run}', 'urn:uuid:1', '{{original}}'].map((id) =>
    two(startImport('no_region', region({ glance_region: 'RegionNine', glance_image_id: id }), MEMBER)),
  ),
  two(startImport('downloaded', region({ glance_region: 'regionone', glance_image_id: '{original}' }), MEMBER)),
  two(startImport('inactive', region({ glance_region: 'RegionOne', glance_image_id: '{empty_original}' }), MEMBER)),
  two(
    startImport(
      'unknown',
      region({ glance_region: 'RegionOne', glance_image_id: 'b53e9a4d-4f2b-4b0e-a3a5-7d7a33c1a6a0' }),
      MEMBER,
    ),
  ),
]

/** What became of them. */
export const REGION_RESULTS: Step[] = [
  ...['downloaded', 'inactive', 'unknown', 'no_region'].flatMap((name) => [
    two(get(`/{${name}}`, MEMBER)),
    two(get(`/{${name}}/tasks`, MEMBER)),
  ]),
  two(get('/{downloaded}/file', MEMBER)),
  two({ method: 'GET', path: '/v2/info/stores', headers: JSON_TYPE }),
  two({ method: 'GET', path: '/v2/info/import', headers: JSON_TYPE }),
  ...['downloaded', 'inactive', 'unknown', 'no_region'].map((name) => two(request('DELETE', `/{${name}}`, MEMBER))),
  ...['original', 'empty_original'].map((name) => request('DELETE', `/{${name}}`, MEMBER)),
  request('DELETE', '/{admins_original}'),
]
