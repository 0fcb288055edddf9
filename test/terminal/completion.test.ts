import { describe, expect, it } from 'vitest'
import { CompletingShell, HOSTILE_CLOUDS } from '../helpers/completing-shell.js'
import { needsLinux } from '../helpers/platform.js'

needsLinux('/proc')

// zsh and fish: test/real/completion.test.ts. The X behind a Tab shows whether a space was inserted.
describe('bash', () => {
  it('completes commands, options, values, lists, clouds and files', async () => {
    const shell = await CompletingShell.start('bash')
    await shell.type('glance-tasks comp\tX', 'ready> glance-tasks completion X')
    await shell.type('glance-tasks list --req\tX', 'glance-tasks list --request-X')
    await shell.type('glance-tasks list --request-i\tX', 'glance-tasks list --request-id X')
    await shell.type('glance-tasks list --format=jsonl\tX', 'list --format=jsonl X')
    await shell.type('glance-tasks list --status failure,pe\tX', 'failure,pending X')
    await shell.type('glance-tasks list --sort created_at:d\tX', 'created_at:desc X')
    await shell.type('glance-tasks get --os-cloud=produ\tX', '--os-cloud=production X')
    await shell.type('glance-tasks create --input images/one\tX', 'images/one\\ image.json X')
    await shell.type('glance-tasks create --input=im\tX', '--input=images/X')
    await shell.type('glance-tasks import --checksum sha51\tX', '--checksum sha512:X')
    await shell.type('glance-tasks sandbox -- glance-tasks doc\tX', 'sandbox -- glance-tasks doctor X')
    await shell.type('glance-tasks sandbox -- printen\tX', 'sandbox -- printenv X')
    // In the middle of a line, behind other commands, and in quotes.
    await shell.type('glance-tasks list --color al -q\u001b[D\u001b[D\u001b[D\tX', '--color alwaysX -q')
    await shell.type('A=b glance-tasks get >file --no-h\tX', '>file --no-header X')
    await shell.type('echo; glance-tasks clouds "d\tX', 'glance-tasks clouds "d d  d" X')
    await shell.type('glance-tasks l\t\t', /^list +\(List tasks, newest first\)\s+^logout +\(Delete cached tokens\)$/m)
    // No file where none is expected, and nothing on the screen besides.
    const before = (await shell.type('glance-tasks list --limit im\tX', 'list --limit imX')).length
    const after = await shell.type('glance-tasks list --os-region-name ""\t\tY', 'list --os-region-name ""Y')
    expect(after.length).toBeLessThan(before + 20)
    expect(shell.wasHarmed).toBe(false)
  })

  it('inserts hostile names as one word, and executes nothing', async () => {
    const shell = await CompletingShell.start('bash')
    for (const name of Object.values(HOSTILE_CLOUDS)) {
      await shell.type(`glance-tasks clouds ${name.slice(0, 1)}\t-f json\r`, `"name": ${JSON.stringify(name)}`)
      await shell.screen.see(/ready>$/)
    }
    await shell.type('glance-tasks clouds i\tX', 'glance-tasks clouds iX')
    expect(shell.wasHarmed).toBe(false)
  })

  it('executes no program of the working directory', async () => {
    const shell = await CompletingShell.start('bash')
    await shell.type('./glance-tasks clo\tX', './glance-tasks clouds X')
    // Not even where PATH begins with it.
    await shell.type('PATH=.:$PATH; echo ch""anged\r', 'changed')
    await shell.type('glance-tasks clo\tX', 'glance-tasks clouds.yaml X')
    expect(shell.wasHarmed).toBe(false)
  })
})
