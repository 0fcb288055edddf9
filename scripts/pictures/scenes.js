/** The pictures: their names, the command lines that they show, and the widths of the terminals. */
export const SCENES = [
  { name: 'list', command: 'glance-tasks list --since 12h --limit 12', columns: 120 },
  {
    name: 'watch',
    command: 'glance-tasks list --watch 2s --since 12h --limit 10',
    columns: 128,
    until: /processing → success/,
  },
  { name: 'timeline', command: 'glance-tasks list --timeline --since 12h --limit 16', columns: 120 },
  { name: 'report', command: 'glance-tasks report', columns: 100 },
]

const SECOND = 1000
const MINUTE = 60 * SECOND
const OWNERS = ['6a5f3c2e8d9b4f1a9c7e5d3b1f8a6c4e', '1c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f']
const FAILURES = ['Uploading the image failed due to: HTTP Error 404: Not Found', 'Task failed due to Internal Error']

/** The tasks of one night, the newest first: some failed, one hangs, and two end while the pictures are made. */
export function tasksOfTheNight(now) {
  return Array.from({ length: 24 }, (_, at) => {
    const isFailure = at % 7 === 4
    const created = at < 2 ? now - at * 20 * SECOND : now - (at * 28 + 4) * MINUTE
    const status = at === 6 ? 'processing' : isFailure ? 'failure' : 'success'
    return {
      id: idOf(at),
      type: at % 3 === 0 ? 'api_image_import' : 'import',
      owner: OWNERS[at % 2],
      created_at: new Date(created).toISOString(),
      status,
      duration: at < 2 ? 30 * SECOND : (6 + ((at * 11) % 40)) * MINUTE,
      ...(isFailure && { message: FAILURES[at % 2] }),
    }
  })
}

function idOf(at) {
  const first = (0x5a17c0de + at * 0x1f3d5b79).toString(16).slice(-8).padStart(8, '0')
  return `${first}-4c1d-4e2f-8a3b-${(0x9c0ffee00000 + at * 7919).toString(16).padStart(12, '0')}`
}
