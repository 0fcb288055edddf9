import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { usedHome } from '../helpers/home.js'
import { needsLinux } from '../helpers/platform.js'
import { NODES, Screen, type TerminalOptions } from '../helpers/pty.js'
import { sandbox } from '../helpers/sandbox.js'

needsLinux('/proc')

/** The progress of an image import, in terminals of every width. */

const FRAME = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const IMPORT = ['--name', 'debian-13', '--disk-format', 'raw', '--wait', '-f', 'value', '-c', 'id']
const DOWNLOAD = ['import', 'http://images.example.org/stuck', ...IMPORT]

async function cloud(taskDuration: number) {
  const box = await sandbox({ taskDuration })
  const home = await usedHome()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'sandbox-member', HOME: home }
  return {
    home,
    open: (argv: string[], options: TerminalOptions = {}) =>
      new Screen(argv, { ...options, env: { ...env, ...options.env } }),
  }
}

/** The lines below the last one that contains a text. */
const linesAfter = (screen: string, text: string) => screen.slice(screen.lastIndexOf(text)).split('\n').slice(1)

/** Interrupts an import whose server downloads without an end, in a terminal of this width. */
async function showsTheDownload(columns: number, node: string): Promise<void> {
  const { open } = await cloud(400)
  const screen = open(DOWNLOAD, { node, columns })
  const text = await screen.see(/downloading: [1-9]/)
  expect(text).toMatch(new RegExp(`image ${ID}: creating\ntask ${ID}: started\n`))
  const line = linesAfter(text, ': started')
  expect(line).toHaveLength(1)
  expect(line[0]).toMatch(FRAME)
  const whole = `${line[0]?.slice(0, 2)}the server is downloading: 1 s so far (it reports no progress)`
  expect(line[0]?.replace(/\d+ s/, '1 s')).toBe(columns < 64 ? `${whole.slice(0, columns - 2)}…` : whole)
  screen.type('\u0003')
  expect(await screen.ended).toBe(130)
  expect(screen.text().replaceAll('\n', '')).toMatch(
    new RegExp(`hint: Wait for it again: glance-tasks import --image ${ID} --wait$`),
  )
  expect(screen.text()).not.toMatch(FRAME)
  expect(screen.showsCursor).toBe(true)
}

describe.each(NODES)('under %s', (node) => {
  it('shows what the server does, and for how long, in terminals of 60, 80 and 200 columns', async () => {
    await Promise.all([60, 80, 200].map((columns) => showsTheDownload(columns, node)))
  })

  it('an upload shows its bytes, and Ctrl-C deletes the record', async () => {
    const { open } = await cloud(400)
    const screen = open(['import', '-', ...IMPORT], { node, shell: '(head -c 200000 /dev/zero; sleep 60) | "$@"' })
    const line = linesAfter(await screen.see(/uploading [\d.]+ KiB/), ': creating')
    expect(line).toEqual([expect.stringMatching(/^. uploading [\d.]+ KiB/)])
    screen.type('\u0003')
    expect(await screen.ended).toBe(130)
    expect(screen.text().replaceAll('\n', '')).toMatch(
      new RegExp(`error: Interrupted\\. The image record ${ID} was deleted\\.`),
    )
  })

  it('standard input that is the terminal is an error', async () => {
    const { open } = await cloud(400)
    const screen = open(['import', '-', ...IMPORT], { node })
    expect(await screen.ended).toBe(2)
    expect(screen.text()).toContain('error: Standard input is a terminal, not an image.')
  })

  it('many imports share one line, and each leaves one', async () => {
    const { home, open } = await cloud(400)
    const images = [
      '- {source: http://images.example.org/a.raw, name: one, disk_format: raw}',
      '- {source: http://images.example.org/stuck, name: two, disk_format: raw}',
    ]
    await writeFile(join(home, 'images.yaml'), images.join('\n'))
    const screen = open(['import', '--from', join(home, 'images.yaml'), '-f', 'value', '-c', 'name,outcome'], { node })
    await screen.see(
      /^\[1\/2\] one: imported after [^\n]+\n. 2 images: 1 imported, 0 skipped, 0 failed, 1 in progress$/m,
    )
    screen.type('\u0003')
    expect(await screen.ended).toBe(130)
    expect(screen.text()).toContain('one imported\ntwo failed\n')
    expect(screen.text()).toContain('error: Interrupted: 1 image is not imported.')
  })
})
