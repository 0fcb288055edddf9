import { describe, expect, inject, it } from 'vitest'
import { CompletingShell, HOSTILE_CLOUDS } from '../helpers/completing-shell.js'

// bash: test/terminal/completion.test.ts. `cloud install` installs zsh and fish.

/** What is typed, and what the screen then shows. The X behind a Tab shows whether a space was inserted. */
const TYPED: [keys: string, shown: string][] = [
  ['glance-tasks comp\tX', 'glance-tasks completion X'],
  ['glance-tasks list --request-i\tX', 'glance-tasks list --request-id X'],
  ['glance-tasks list --format=jsonl\tX', 'list --format=jsonl X'],
  ['glance-tasks list --status failure,pe\tX', 'failure,pending X'],
  ['glance-tasks list --sort created_at:d\tX', 'created_at:desc X'],
  ['glance-tasks get --os-cloud=produ\tX', '--os-cloud=production X'],
  ['glance-tasks create --input images/one\tX', 'images/one\\ image.json X'],
  ['glance-tasks create --input=im\tX', '--input=images/X'],
  ['glance-tasks import --checksum sha51\tX', '--checksum sha512:X'],
  ['glance-tasks sandbox -- glance-tasks doc\tX', 'sandbox -- glance-tasks doctor X'],
  ['glance-tasks sandbox -- printen\tX', 'sandbox -- printenv X'],
  ['glance-tasks sandbox -- cat im\tX', 'sandbox -- cat images/X'],
  ['glance-tasks clouds "d\tX', 'glance-tasks clouds "d d  d" X'],
  ['glance-tasks list --limit im\tX', 'list --limit imX'],
  ['glance-tasks lo\tX', 'glance-tasks logout X'],
]

/** How each shell lists several candidates with their descriptions. */
const LISTED = {
  zsh: /^list +-- List tasks, newest first\s+^logout +-- Delete cached tokens$/m,
  fish: /list +\(List tasks, newest first\)\s+logout +\(Delete cached tokens\)/,
}

describe.each(['zsh', 'fish'] as const)('%s', (name) => {
  it('completes commands, options, values, lists, clouds and files', async () => {
    const shell = await CompletingShell.start(name)
    for (const [keys, shown] of TYPED) await shell.type(keys, shown)
    await shell.type('glance-tasks l\t', LISTED[name])
    expect(shell.wasHarmed).toBe(false)
  })

  it('inserts hostile names as one word, and executes nothing', async () => {
    const shell = await CompletingShell.start(name)
    for (const cloud of Object.values(HOSTILE_CLOUDS)) {
      await shell.type(`glance-tasks clouds ${cloud.slice(0, 1)}\t-f json\r`, `"name": ${JSON.stringify(cloud)}`)
      await shell.screen.see(/ready>$/)
    }
    // fish also finds names that contain the word.
    await shell.type('glance-tasks clouds i\tX', /glance-tasks clouds (i|production )X/)
    expect(shell.wasHarmed).toBe(false)
  })

  it('executes no program of the working directory', async () => {
    const shell = await CompletingShell.start(name)
    await shell.type('./glance-tasks doc\tX', /\.\/glance-tasks doc(tor )?X/)
    const setPath = name === 'fish' ? 'set -x PATH . $PATH' : 'PATH=.:$PATH; rehash'
    await shell.type(`${setPath}; echo ch""anged\r`, 'changed')
    // zsh keeps the program that it found before.
    await shell.type('glance-tasks doct\tX', /glance-tasks doct(or )?X/)
    expect(shell.wasHarmed).toBe(false)
  })

  it('offers the newest tasks of the real cloud, with their status', async () => {
    const { cloudsYaml } = inject('realCloud')
    const shell = await CompletingShell.start(name, { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: 'real' })
    // Logs in, and caches the token.
    await shell.type('glance-tasks list --limit 1 -f json; echo li""sted\r', 'listed')
    await shell.type('glance-tasks get \t', /[\da-f]{8}-[\da-f-]{27} +(-- |\()(success|failure|pending|processing), /)
  })
})
