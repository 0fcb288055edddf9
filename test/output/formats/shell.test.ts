import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.js'
import { IS_WINDOWS } from '../../helpers/platform.js'
import { many, one, whole, writerFor } from '../samples.js'

describe('shell', () => {
  it('writes one assignment a key, in single quotes', async () => {
    expect(await one('shell', whole({ message: 'it\'s $(here) `and` "there"\nand below' }))).toBe(
      `id='72a7c77f-5e93-4d48-903b-f98a6f7ec65d'
type='import'
status='success'
owner='13d7bc3dd0584ff589dc7a6c2b7e386b'
message='it'\\''s $(here) \`and\` "there"
and below'
result='{"image_id":"baaccf65-5fc4-4218-a4b6-79fffc6d643f"}'
input='{"import_from":"http://example.org/a.img","import_from_format":"raw","image_properties":{"name":"a"}}'
created_at='2026-11-23T18:09:25Z'
updated_at='2026-11-23T18:09:26Z'
expires_at='2026-11-25T18:09:26Z'
request_id='req-f77d0c70-4a3c-4b3b-a12d-b5b5a5a5a5a5'
user_id='10cd9aedffb247b683415ebeb009028f'
self='/v2/tasks/72a7c77f-5e93-4d48-903b-f98a6f7ec65d'
schema='/v2/schemas/task'
`,
    )
  })

  it.each([
    ['PATH', 'task_path'],
    ['IFS', 'task_ifs'],
    ['LD_PRELOAD', 'task_ld_preload'],
    ['http_proxy', 'task_http_proxy'],
    ['path', 'task_path'],
    ['prompt', 'task_prompt'],
    ['a;touch x', 'task_a_touch_x'],
    ['$(touch x)', 'task___touch_x_'],
    ['1st', 'task_1st'],
    ['__proto__', 'task___proto__'],
    ['日本', 'task___'],
    ['', 'task_'],
  ])('the key %j of a server sets %s', async (key, name) => {
    const task = JSON.parse(`{"id":"a",${JSON.stringify(key)}:"v"}`)
    expect(await one('shell', task)).toBe(`id='a'\n${name}='v'\n`)
  })

  it('loses no key to another of the same name', async () => {
    const task = JSON.parse('{"id":"a","a-b":1,"a_b":2,"A-B":3}')
    expect(await one('shell', task)).toBe("id='a'\ntask_a_b='1'\ntask_a_b_='2'\ntask_a_b__='3'\n")
  })

  it('names a path by its keys', async () => {
    expect(await one('shell', whole(), { columns: ['result.image_id', 'input.nothing'] })).toBe(
      "result_image_id='baaccf65-5fc4-4218-a4b6-79fffc6d643f'\ninput_nothing=''\n",
    )
  })

  it('shows what a shell cannot hold, and in a terminal what that would obey', async () => {
    const message = 'a\u0000b\u001bc\ud800\nd'
    const columns = ['message']
    expect(await one('shell', whole({ message }), { columns })).toBe("message='a\\u0000b\u001bc\\ud800\nd'\n")
    expect(await one('shell', whole({ message }), { columns, terminal: true })).toBe(
      "message='a\\u0000b\\u001bc\\ud800\nd'\n",
    )
  })

  it('shows one task only, and says so before anything is asked', async () => {
    await expect(writerFor('shell')).rejects.toThrow(UsageError)
    await expect(many('shell', [whole()])).rejects.toThrow('cannot print a list')
  })

  it.skipIf(IS_WINDOWS)('runs nothing when it is evaluated', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'glance-tasks-shell-'))
    try {
      const trap = "$(touch a) `touch b` '; touch c; ' \"$(touch d)\" \\'; touch e #"
      const task = whole({ message: trap, [trap]: trap, 'x=$(touch f)': '', 'y\n touch g': '' })
      const script = `${await one('shell', task)}\nprintf %s "$message"`
      const shown = execFileSync('sh', ['-c', 'eval "$1"', 'sh', script], { cwd: folder, encoding: 'utf8' })
      expect(shown).toBe(trap)
      expect(readdirSync(folder)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
