import { describe, expect, it, test } from 'vitest'
import { CAUSE_CODES, type Cause, type CauseCode, causeOf, causesOf, type Facts } from '../../src/explain/causes.js'
import { causeOfMessage, MESSAGE_ROWS } from '../../src/explain/message-causes.js'
import type { Task } from '../../src/tasks/task.js'

const INTERNAL = 'Task failed due to Internal Error'
const NOW = Date.parse('2026-11-23T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const at = (age: number) => new Date(NOW - age).toISOString().replace('.000', '')

function task(more: object = {}): Task {
  return {
    id: 't1',
    type: 'import',
    status: 'failure',
    owner: 'p1',
    created_at: at(2 * MINUTE),
    updated_at: at(MINUTE),
    message: INTERNAL,
    input: { import_from: 'http://images.example.org/a.qcow2' },
    ...more,
  }
}

/** A task that an image import made. */
function imported(method: object, more: object = {}): Task {
  const input = { image_id: 'i1', import_req: { method }, backend: ['local', 'second'] }
  return task({ type: 'api_image_import', image_id: 'i1', input, ...more })
}

const webDownload = (more: object = {}) =>
  imported({ name: 'web-download', uri: 'http://images.example.org/a.img' }, more)
const image = (more: object = {}) => ({ id: 'i1', status: 'queued', disk_format: 'qcow2', ...more })
const SOURCE = { url: 'http://images.example.org/a.img', status: 200, size: 1 << 20 }

const firstOf = (facts: Facts) => causesOf({ now: NOW, ...facts })[0] as Cause
const codesOf = (facts: Facts) => causesOf({ now: NOW, ...facts }).map(({ code }) => code)

/** Messages as Glance writes them, and the cause of each. */
const MESSAGES: [string, CauseCode, RegExp?][] = [
  ['Uploading the image failed due to: HTTP Error 404: Not Found', 'source_not_found', /404 Not Found/],
  ['Uploading the image failed due to: HTTP Error 410: Gone', 'source_not_found', /410 Gone/],
  ['Uploading the image failed due to: HTTP Error 403: Forbidden', 'source_denied', /403 Forbidden/],
  ['Uploading the image failed due to: HTTP Error 401: Unauthorized', 'source_denied'],
  ['Uploading the image failed due to: HTTP Error 503: Service Unavailable', 'source_failing', /503/],
  ['Uploading the image failed due to: HTTP Error 429: Too Many Requests', 'source_failing'],
  ['Uploading the image failed due to: HTTP Error 418: ', 'source_error', /418/],
  ['URI for legacy import task does not pass filtering: http://x.example/', 'url_filtered'],
  ['URI does not pass filtering: http://x.example/', 'url_filtered'],
  ['Redirect to disallowed URL: http://x.example:8080/', 'url_filtered', /redirect .*not 8080/],
  ['Redirect to disallowed URL: http://127.0.0.1/', 'url_filtered', /127\.0\.0\.1 is a loopback/],
  ['Invalid location: None', 'url_invalid'],
  ['File based imports are not allowed. Please use a non-local source of image data.', 'url_invalid'],
  [
    "The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']",
    'url_invalid',
  ],
  ["Input does not contain 'import_from_format' field", 'input_incomplete', /no import_from_format/],
  ["Input does not contain 'image_properties' field", 'input_incomplete', /no image_properties/],
  ["Missing required 'image_id' field", 'input_incomplete', /image_id.*directly/],
  ['Input to api_image_import task is empty.', 'input_incomplete', /no input.*directly/],
  ['Expired lock preempted', 'lock_expired'],
  [
    'The request returned a 413 Request Entity Too Large. This generally means that rate limiting or a quota threshold was breached.\n\nThe response body:\nProject p1 is over a limit for [Resource image_stage_total is over limit of 1 due to current usage 2 and delta 0]',
    'quota',
    /: image_stage_total/,
  ],
  ['Uploading the image failed due to: [Errno 28] No space left on device', 'no_space'],
  ['There is not enough disk space on the image storage media.', 'no_space'],
  ['Permission to write image storage media denied.', 'store_denied'],
  ["Uploading the image failed due to: [Errno 13] Permission denied: '/store/x'", 'store_denied'],
  [
    'This task type export is not supported by the current deployment of Glance. Please refer the documentation.',
    'type_unsupported',
  ],
  ['Internal error occurred while trying to process task.', 'no_executor'],
  ['File /tmp/x has invalid backing file /etc/passwd, aborting.', 'unsafe_image'],
  ['QCOW images with data-file set are not allowed', 'unsafe_image'],
  ['Image failed safety checks', 'unsafe_image'],
  ['Invalid VMDK create-type specified', 'unsafe_image'],
  ['Image is a VMDK, but no VMDK createType is specified', 'unsafe_image'],
  ['Image disk_format qcow2 does not match stream data raw', 'format_mismatch'],
  ['Image disk_format qcow2 does not match stream data vmdk', 'format_mismatch'],
  ['Image format mismatch', 'format_mismatch'],
  ['Image metadata disagrees about format', 'format_mismatch'],
  ['os_hash_value of uploaded data is different from current value set on the image.', 'data_changed', /os_hash_value/],
  ['Image exceeds the maximum size', 'too_large'],
  ['Task 1 failed because downloaded data size 5 is different from expected 6', 'source_cut_short'],
  ['Uploading the image failed due to: IncompleteRead(5 bytes read, 6 more expected)', 'source_cut_short'],
  ['Uploading the image failed due to: <urlopen error [Errno -2] Name or service not known>', 'source_unresolvable'],
  [
    'Uploading the image failed due to: <urlopen error [Errno -3] Temporary failure in name resolution>',
    'source_unresolvable',
  ],
  [
    'Uploading the image failed due to: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate (_ssl.c:992)>',
    'source_certificate',
  ],
  ['Uploading the image failed due to: <urlopen error [Errno 111] Connection refused>', 'source_unreachable'],
  ['Uploading the image failed due to: <urlopen error timed out>', 'source_unreachable'],
  ['Image has been deleted, aborting import.', 'image_deleted'],
  ['No image found with ID i1', 'image_deleted'],
  ['Source image status should be active instead of queued', 'region_source'],
]

it('an image without a container format cannot be saved, whatever else may be wrong', () => {
  const input = { import_from: SOURCE.url, image_properties: { disk_format: 'raw' } }
  const facts = { source: { ...SOURCE, status: 404 } }
  expect(codesOf({ ...facts, task: task({ input }) })).toEqual(['input_incomplete', 'source_not_found'])
  expect(firstOf({ ...facts, task: task({ input }) }).summary).toMatch(/no container_format/)
  const whole = { ...input, image_properties: { container_format: 'bare' } }
  expect(firstOf({ ...facts, task: task({ input: whole }) }).code).toBe('source_not_found')
})

describe('the message of a failed task', () => {
  it.each(MESSAGES)('%s: %s', (message, code, summary = /./) => {
    const found = causeOf(task({ message }))
    expect(found).toMatchObject({ code, hint: expect.stringMatching(/\.$/) })
    expect(found?.summary).toMatch(summary)
    expect(found?.summary).toMatch(/\.$/)
  })

  test.each(MESSAGE_ROWS.map(({ code, pattern }) => [code, pattern] as const))(
    'has a message above for %s',
    (code, pattern) => {
      expect(MESSAGES.filter((row) => row[1] === code && pattern.test(row[0])).length).toBeGreaterThan(0)
    },
  )

  it.each([INTERNAL, '', 'Copied 12 MiB', 'something new', undefined])(
    'that explains nothing names none: %s',
    (message) => {
      expect(causeOfMessage({ task: task({ message }) })).toBeUndefined()
      expect(causeOf(task({ message }))).toBeUndefined()
    },
  )

  it('is read only where the task has failed', () => {
    expect(causeOf(task({ status: 'success', message: 'HTTP Error 404' }))).toBeUndefined()
  })

  it('of a dual-stack failure names the bug of Glance', () => {
    const message = 'Uploading the image failed due to: <urlopen error [Errno 101] Network is unreachable>'
    expect(causeOf(task({ message }))).toMatchObject({ code: 'source_unreachable', hint: /LP#2166488/ })
  })
})

describe('the reason for a refused URL', () => {
  const filtered = (url: string) =>
    causeOf(task({ message: `URI does not pass filtering: ${url}`, input: { import_from: url } }))?.summary

  it.each([
    ['http://example.org:8080/a', 'ports 80 and 443 only by default, not 8080'],
    ['http://127.0.0.1/a', '127.0.0.1 is a loopback'],
    ['http://localhost/a', 'localhost is a loopback'],
    ['http://[::1]/a', '[::1] is a loopback'],
    ['http://169.254.169.254/a', '169.254.169.254 is a loopback or link-local'],
    ['ftp://example.org/a', 'http and https only, not ftp'],
    ['http://nowhere.invalid/a', 'or the server cannot resolve the host'],
    ['http://10.1.2.3/a', 'or the server cannot resolve the host'],
  ])('%s: %s', (url, reason) => expect(filtered(url)).toContain(reason))
})

describe('a failure without a reason', () => {
  it.each([
    [404, 'source_not_found'],
    [403, 'source_denied'],
    [500, 'source_failing'],
    [406, 'source_error'],
  ])('is explained by a source that returns %i', (status, code) => {
    expect(codesOf({ task: webDownload(), image: image(), source: { ...SOURCE, status } })).toEqual([code])
  })

  it.each([
    ['unresolvable', 'source_unresolvable'],
    ['certificate', 'source_certificate'],
    ['unreachable', 'source_unreachable'],
    ['stalled', 'source_stalled'],
    ['cut_short', 'source_cut_short'],
  ] as const)('is explained by a source that is %s', (kind, code) => {
    const source = { url: SOURCE.url, failure: { kind, text: 'it fails' } }
    expect(codesOf({ task: webDownload(), image: image(), source })).toEqual([code])
  })

  it('is explained by a source that refuses the downloader of Glance', () => {
    const cause = firstOf({ task: webDownload(), source: { ...SOURCE, statusForGlance: 403 } })
    expect(cause).toMatchObject({ code: 'source_refuses_glance', remedy: { kind: 'upload_image' } })
    expect(cause.summary).toMatch(/this program can read it, but .* Python-urllib receive 403 Forbidden/)
    expect(codesOf({ task: webDownload(), source: { ...SOURCE, statusForGlance: 200 } })).toEqual(['server_side'])
  })

  it.each([
    ['http://mirror.example.org:8080/a.img', 'not 8080'],
    ['http://127.0.0.1/a.img', 'loopback'],
  ])('is explained by a redirect to %s', (target, reason) => {
    const cause = firstOf({
      task: webDownload(),
      source: { ...SOURCE, redirects: ['http://other.example.org/', target] },
    })
    expect(cause).toMatchObject({ code: 'redirect_filtered' })
    expect(cause.summary).toContain(target)
    expect(cause.summary).toContain(reason)
  })

  it('is not explained by a redirect within a port that the operator allows', () => {
    const source = { ...SOURCE, url: 'http://mirror:8080/a', redirects: ['http://mirror:8080/b'] }
    expect(codesOf({ task: webDownload(), source })).toEqual(['server_side'])
  })

  it('is explained by bytes that are not the image that was declared', () => {
    const codes = (more: object, declared: object = {}) =>
      codesOf({ task: webDownload(), image: image(declared), source: { ...SOURCE, ...more } })
    expect(codes({ problem: 'It is an HTML page.' })).toEqual(['not_an_image'])
    expect(codes({ compression: 'gzip', format: 'qcow2' })).toEqual(['compressed'])
    expect(codes({ compression: 'gzip' }, { container_format: 'ova' })).toEqual(['server_side'])
    expect(codes({ format: 'vmdk' })).toEqual(['format_mismatch'])
    expect(codes({ format: 'raw' })).toEqual(['format_mismatch'])
    expect(codes({ format: 'raw' }, { disk_format: 'vmdk' })).toEqual(['server_side'])
    expect(codes({ format: 'vhd' }, { disk_format: 'vpc' })).toEqual(['server_side'])
    expect(codes({ format: 'qcow2' }, { disk_format: 'raw' })).toEqual(['server_side'])
    expect(codes({ format: 'qcow2', problem: 'It has a backing file.' })).toEqual(['unsafe_image'])
  })

  it('of an import task compares with the disk format in its input', () => {
    const input = { import_from: SOURCE.url, image_properties: { disk_format: 'qcow2', container_format: 'bare' } }
    expect(codesOf({ task: task({ input }), source: { ...SOURCE, format: 'iso' } })[0]).toBe('format_mismatch')
  })

  it('may be a fault of Glance with hosts that have both kinds of addresses', () => {
    const running = webDownload({ status: 'processing', message: '' })
    expect(codesOf({ task: running, source: { ...SOURCE, isDualStack: true } })).toEqual(['moving'])
    expect(codesOf({ task: webDownload(), source: { ...SOURCE, isDualStack: true } })).toEqual([
      'dual_stack',
      'server_side',
    ])
  })

  it('is explained by stores of a copy that failed, and not by those after a failed download', () => {
    const failed = image({ os_glance_failed_import: 'second' })
    expect(firstOf({ task: imported({ name: 'glance-direct' }), image: failed })).toMatchObject({
      code: 'store_failed',
      summary: 'The store second did not accept the image.',
    })
    expect(codesOf({ task: imported({ name: 'copy-image' }), image: failed })[0]).toBe('store_failed')
    expect(codesOf({ task: webDownload(), image: failed })[0]).toBe('store_failed')
    const all = { os_glance_failed_import: 'local,second' }
    expect(codesOf({ task: webDownload(), image: image(all) })).toEqual(['server_side'])
    expect(codesOf({ task: webDownload(), image: image({ ...all, checksum: 'c' }) })[0]).toBe('store_failed')
    expect(codesOf({ task: webDownload(), image: image({ os_glance_failed_import: 'other' }) })).toEqual([
      'server_side',
    ])
  })

  it('makes a store suspect that other images of the project are not in', () => {
    const facts = (images: number, failures: number, others = 3) => ({
      task: webDownload(),
      image: image({ os_glance_failed_import: 'local,second' }),
      source: SOURCE,
      stores: [
        { id: 'local', images: others, failures: 0 },
        { id: 'second', images, failures },
        { id: 'third', images: 0, failures: 5 },
      ],
    })
    expect(codesOf(facts(0, 0))).toEqual(['store_failed', 'server_side'])
    expect(firstOf(facts(0, 0)).summary).toMatch(/^Most likely the store second .* none of the newest images/)
    expect(firstOf(facts(0, 2, 1)).summary).toMatch(/did not accept 2 of the newest images of the project either/)
    expect(codesOf(facts(0, 0, 2))).toEqual(['server_side'])
    expect(codesOf(facts(1, 1))).toEqual(['server_side'])
    // Where both stores work, they are not blamed.
    expect(firstOf(facts(1, 0)).summary).toMatch(/or its staging area has no room/)
  })

  it('is explained by a quota that is used up', () => {
    const unlimited = { name: 'image_count_total', limit: -1, usage: 5 }
    expect(codesOf({ task: webDownload(), source: SOURCE, quotas: [unlimited] })).not.toContain('quota')
    const quotas = [
      { name: 'image_count_total', limit: 10, usage: 3 },
      { name: 'image_size_total', limit: 1000, usage: 1000 },
      { name: 'image_stage_total', limit: -1, usage: 5 },
    ]
    const cause = firstOf({ task: webDownload(), source: SOURCE, quotas })
    expect(cause).toMatchObject({ code: 'quota', summary: /image_size_total 1000 of 1000\.$/ })
  })

  it('of a download from another region names the image there', () => {
    const method = { name: 'glance-download', glance_region: 'RegionTwo', glance_image_id: 'i9' }
    expect(firstOf({ task: imported(method) })).toMatchObject({
      code: 'region_source',
      summary: /i9 from region RegionTwo/,
    })
  })

  it('of a task that was made by hand says so', () => {
    const byHand = task({ type: 'api_image_import', input: { image_id: 'i1' } })
    expect(causeOf(byHand)).toMatchObject({ code: 'made_by_hand', remedy: { kind: 'import_image' } })
  })

  it('whose image is gone is explained by that only where nothing else explains it', () => {
    expect(codesOf({ task: webDownload(), image: null, source: SOURCE })).toEqual(['image_deleted', 'server_side'])
    const missing = { ...SOURCE, status: 404 }
    expect(codesOf({ task: webDownload(), image: null, source: missing })).toEqual(['source_not_found'])
  })

  it('and without evidence says what the operator can look up', () => {
    const cause = firstOf({ task: webDownload({ request_id: 'req-1' }), image: image(), source: SOURCE })
    expect(cause.code).toBe('server_side')
    expect(cause.summary).toMatch(
      /gives no reason.*can read the source.*cannot reach the source, or its download was interrupted, or its staging area or a store has no room for 1 MiB/,
    )
    expect(cause.hint).toMatch(/task t1 and request req-1/)
    expect(firstOf({ task: webDownload(), image: image({ status: 'importing' }) }).hint).toMatch(/stays importing/)
  })

  it.each<[string, object, Task, CauseCode]>([
    [
      'in a loop',
      { failure: { kind: 'redirect', text: 'It redirects in a loop.' }, status: undefined },
      webDownload(),
      'source_error',
    ],
    ['without a length', { size: undefined }, webDownload(), 'source_unmeasured'],
    ['without a length, for a task that needs none', { size: undefined }, task(), 'server_side'],
    ['without a length, of which only a part is asked', { size: undefined, status: 206 }, webDownload(), 'server_side'],
  ])('%s', (_, source, failed, code) => {
    const facts = { url: SOURCE.url, status: 200, size: 5, ...source } as typeof SOURCE
    expect(firstOf({ task: failed, source: facts }).code).toBe(code)
  })

  it('keeps the reason of the server first, each cause once', () => {
    const message = 'Uploading the image failed due to: HTTP Error 404: Not Found'
    expect(codesOf({ task: task({ message }), source: { ...SOURCE, status: 404 } })).toEqual(['source_not_found'])
  })
})

describe('a task that has not ended', () => {
  const processing = (silence: number, more: object = {}) =>
    webDownload({ status: 'processing', message: '', created_at: at(3 * HOUR), updated_at: at(silence), ...more })

  it.each<[string, Task, CauseCode, RegExp]>([
    [
      'just begun',
      processing(MINUTE, { created_at: at(3 * MINUTE) }),
      'moving',
      /downloads the image; the server does not report its progress.* 3 min old/,
    ],
    [
      'copying',
      processing(MINUTE, { message: 'Copied 57 MiB' }),
      'moving',
      /copies the image into its stores, 57 MiB so far.* 3 h old/,
    ],
    ['downloading for long', processing(59 * MINUTE), 'moving', /Nothing is wrong/],
    [
      'silent for an hour',
      processing(HOUR),
      'worker_died',
      /processing without a change for 1 h\. It may still be downloading, .*Otherwise, .* died/,
    ],
    ['silent after a copy', processing(15 * MINUTE, { message: 'Copied 57 MiB' }), 'worker_died', /15 min:/],
    ['pending', task({ status: 'pending', message: '', updated_at: at(5000) }), 'moving', /waits for its turn/],
    ['pending for long', task({ status: 'pending', updated_at: at(10 * MINUTE) }), 'waiting', /10 min:/],
    ['pending for hours', task({ status: 'pending', updated_at: at(2 * HOUR) }), 'worker_died', /pending .*2 h:/],
  ])('%s', (_, open, code, summary) => {
    const cause = firstOf({ task: open, image: image() })
    expect(cause.code).toBe(code)
    expect(cause.summary).toMatch(summary)
  })

  it('that may still be downloading should not be deleted too early', () => {
    const imported = firstOf({ task: processing(HOUR), image: image() })
    expect(imported.hint).toBe('If the download cannot take this long: Delete the image, and import it again.')
    const copied = firstOf({ task: processing(HOUR), image: image({ stores: 'local' }) })
    expect(copied.summary).toContain('most likely died. The task will never end.')
  })

  it('made by hand never ends', () => {
    const byHand = task({ type: 'api_image_import', status: 'processing', input: { image_id: 'i1' } })
    expect(firstOf({ task: byHand })).toMatchObject({ code: 'made_by_hand', summary: /it will never end/ })
  })

  it('of a list, which shows no input, is not taken for one made by hand', () => {
    const { input: _, ...listed } = task({ type: 'api_image_import', status: 'processing' })
    expect(firstOf({ task: listed }).code).toBe('moving')
  })

  it('whose source sends nothing is stalled, and a source that fails from here proves nothing', () => {
    const stalled = { url: SOURCE.url, failure: { kind: 'stalled' as const, text: 'no byte' } }
    expect(codesOf({ task: processing(MINUTE), source: stalled })).toEqual(['source_stalled', 'moving'])
    expect(codesOf({ task: processing(2 * HOUR), source: stalled })).toEqual(['source_stalled', 'worker_died'])
    const unreachable = { url: SOURCE.url, failure: { kind: 'unreachable' as const, text: 'refused' } }
    expect(codesOf({ task: processing(MINUTE), source: unreachable })).toEqual(['moving', 'source_unreachable'])
  })

  it('whose image was deleted is over, whatever its status says', () => {
    const cause = firstOf({ task: processing(MINUTE), image: null })
    expect(cause).toMatchObject({ code: 'image_deleted' })
    expect(cause.summary).toMatch(/deleted.* may stay processing forever/)
  })

  it('is not called stuck where the time is not known', () => {
    expect(causeOf(processing(5 * HOUR))).toBeUndefined()
    expect(causeOf(processing(5 * HOUR), null, NOW)?.code).toBe('image_deleted')
  })
})

describe('success', () => {
  const done = (more: object = {}) => webDownload({ status: 'success', message: 'Copied 1 MiB', ...more })

  it('is success', () => {
    expect(
      firstOf({ task: done(), image: image({ status: 'active' }), source: { ...SOURCE, format: 'qcow2' } }),
    ).toMatchObject({
      code: 'succeeded',
    })
    expect(causeOf(done(), image({ status: 'active' }))).toBeUndefined()
  })

  it('can hide a store that failed', () => {
    const partial = image({ status: 'active', os_glance_failed_import: 'second', stores: 'local' })
    expect(causeOf(done(), partial)).toMatchObject({ code: 'store_failed', summary: /success, but the store second/ })
  })

  it('can hide bytes that are not an image', () => {
    expect(codesOf({ task: done(), image: image(), source: { ...SOURCE, problem: 'It is an HTML page.' } })).toEqual([
      'not_an_image',
    ])
  })

  it('does not hide that the image is gone', () => {
    expect(firstOf({ task: done(), image: null })).toMatchObject({ code: 'image_deleted', summary: /deleted since/ })
  })
})

describe('an image without tasks', () => {
  it.each<[string, CauseCode]>([
    ['queued', 'import_not_started'],
    ['uploading', 'upload_unfinished'],
    ['saving', 'upload_unfinished'],
    ['importing', 'tasks_not_visible'],
    ['active', 'image_active'],
    ['deactivated', 'image_deactivated'],
    ['killed', 'unknown'],
  ])('that is %s: %s', (status, code) => {
    expect(firstOf({ image: image({ status }) })).toMatchObject({ code, hint: expect.stringMatching(/\.$/) })
  })
})

test('docs/troubleshooting.md lists every code', async () => {
  const { readFileSync } = await import('node:fs')
  const text = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8')
  expect(CAUSE_CODES.filter((code) => !text.includes(`\`${code}\``))).toEqual([])
})

test('every code is used by a rule', async () => {
  const { readdirSync, readFileSync } = await import('node:fs')
  const folder = new URL('../../src/explain/', import.meta.url)
  const text = readdirSync(folder)
    .filter((name) => name !== 'cause.ts')
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n')
  expect(CAUSE_CODES.filter((code) => !text.includes(`'${code}'`))).toEqual([])
})
