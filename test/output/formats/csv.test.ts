import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../../../src/http/json.js'
import { list, listed, many, one, whole } from '../samples.js'

const COLUMNS = ['id', 'message']

describe('csv', () => {
  it('writes a heading, and quotes everything but numbers', async () => {
    const task = listed({ count: 3, big: new ExactNumber('12345678901234567890'), open: true })
    expect(await list('csv', [task], { columns: ['id', 'status', '.count', '.big', '.open', 'expires_at'] })).toBe(
      '"id","status","count","big","open","expires_at"\n' +
        '"72a7c77f-5e93-4d48-903b-f98a6f7ec65d","success",3,12345678901234567890,"true","2026-11-25T18:09:26Z"\n',
    )
  })

  it('has the columns of a table by default, more with --long', async () => {
    expect(await list('csv', [])).toBe('"id","type","status","owner","created_at"\n')
    expect(await list('csv', [], { long: true, origin: true })).toBe(
      '"cloud","region","id","type","status","owner","created_at","message","result","input"\n',
    )
    expect(await many('csv', [])).toBe('"id","type","status","owner","created_at","message","result","input"\n')
  })

  it('leaves the heading out with --no-header', async () => {
    expect(await list('csv', [], { header: false })).toBe('')
    expect(await one('csv', whole(), { header: false, columns: COLUMNS })).toBe(`"${whole().id}",""\n`)
  })

  it('writes one task as a heading and a row with all that it has', async () => {
    expect(await one('csv', whole({ message: 'said "no",\nthen left', input: { 'a"': ['=1'] } }))).toBe(
      '"id","type","status","owner","message","result","input","created_at","updated_at","expires_at","request_id","user_id","self","schema"\n' +
        '"72a7c77f-5e93-4d48-903b-f98a6f7ec65d","import","success","13d7bc3dd0584ff589dc7a6c2b7e386b","said ""no"",\nthen left",' +
        '"{""image_id"":""baaccf65-5fc4-4218-a4b6-79fffc6d643f""}","{""a\\"""":[""=1""]}","2026-11-23T18:09:25Z","2026-11-23T18:09:26Z",' +
        '"2026-11-25T18:09:26Z","req-f77d0c70-4a3c-4b3b-a12d-b5b5a5a5a5a5","10cd9aedffb247b683415ebeb009028f",' +
        '"/v2/tasks/72a7c77f-5e93-4d48-903b-f98a6f7ec65d","/v2/schemas/task"\n',
    )
  })

  it.each([
    ['a formula is data too', '=cmd|x!A1', '"=cmd|x!A1"'],
    ['control characters are kept in a pipe', 'a\u001b[2Jb\rc\td\u009b', '"a\u001b[2Jb\rc\td\u009b"'],
    ['what UTF-8 cannot hold is shown', 'a\ud800b', '"a\\ud800b"'],
    ['nothing is an empty cell', null, '""'],
  ])('%s', async (_, message, cell) => {
    expect(await one('csv', whole({ message }), { columns: ['message'], header: false })).toBe(`${cell}\n`)
  })

  it('lets no control character reach a terminal', async () => {
    const message = 'a\u001b[2Jb\nc\td\u009be\rf'
    expect(await one('csv', whole({ message }), { columns: ['message'], header: false, terminal: true })).toBe(
      '"a\\u001b[2Jb\nc\td\\u009be\\rf"\n',
    )
  })
})
