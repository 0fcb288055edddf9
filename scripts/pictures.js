// Draws the pictures in docs/pictures/: the screens of real commands in a real pseudo-terminal, against the sandbox.
//
//   npm run pictures -- [NAME...]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSandbox } from '../dist/sandbox.js'
import { SCENES, tasksOfTheNight } from './pictures/scenes.js'
import { svgOf } from './pictures/svg.js'
import { screenOf } from './pictures/terminal.js'

const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !SCENES.some((scene) => scene.name === name))
if (unknown) throw new Error(`Unknown picture ${unknown}. Choose from ${SCENES.map(({ name }) => name).join(', ')}.`)

const folder = mkdtempSync(join(tmpdir(), 'glance-tasks-pictures-'))
const sandbox = await startSandbox({ tasks: tasksOfTheNight(Date.now()) })
try {
  const clouds = join(folder, 'clouds.yaml')
  writeFileSync(clouds, sandbox.cloudsYaml)
  mkdirSync(inRoot('docs/pictures'), { recursive: true })
  const program = join(folder, 'glance-tasks')
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${inRoot('bin/glance-tasks.js')}" "$@"\n`, {
    mode: 0o755,
  })
  const PATH = `${folder}:${process.env.PATH}`
  const env = { PATH, HOME: folder, LANG: 'C.UTF-8', OS_CLIENT_CONFIG_FILE: clouds, OS_CLOUD: 'sandbox' }
  for (const { name, command, columns, until } of SCENES) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const shown = await screenOf(`printf '\\033[1m$ %s\\033[m\\n' '${command}'; ${command}`, { columns, env, until })
    writeFileSync(inRoot(`docs/pictures/${name}.svg`), svgOf(shown, columns, `$ ${command}`))
    console.log(`docs/pictures/${name}.svg`)
  }
} finally {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
}
