import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BINARY } from '../helpers/binary.js'
import { folder } from '../helpers/cli.js'
import { NODES, Screen } from '../helpers/pty.js'
import { createTask, login, sandbox } from '../helpers/sandbox.js'

/** Ctrl-Z and fg, in a bash with job control. */

const CTRL_C = '\u0003'
const CTRL_Z = '\u001a'
/** Clears the line that is typed. */
const CTRL_U = '\u0015'
const FRAME = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/

const SLOW_PAGER = `
leave() {
  sleep 0.3
  printf '\\r\\033[Kleft\\n'
  trap - TSTP
  kill -TSTP $$
  trap leave TSTP
  echo back
}
trap leave TSTP
cat
echo 'END OF PAGER'
until read -t 0.05 key < /dev/tty; do :; done
`

/** A bash in which `$G` is the program, with a cloud that has two tasks that do not end. */
async function shellWith(node: string) {
  const box = await sandbox({ taskDuration: 3_600_000, seed: 60 })
  const token = await login(box)
  const created = [await createTask(box, token), await createTask(box, token)]
  const ids: string[] = created.map(({ json }) => json.id)
  const home = await folder()
  const file = join(home, 'clouds.yaml')
  await writeFile(file, box.cloudsYaml)
  await writeFile(join(home, 'ask.yaml'), box.cloudsYaml.replaceAll(/^ *password: .*\n/gm, ''))
  // Nothing that is written late into the folder of the test.
  const late = { HISTFILE: '/dev/null', LESSHISTFILE: '-', NODE_DISABLE_COMPILE_CACHE: '1' }
  const env = {
    ...late,
    HOME: home,
    OS_CLIENT_CONFIG_FILE: file,
    OS_CLOUD: 'sandbox',
    PS1: 'sh$ ',
    G: `${node} ${BINARY}`,
  }
  const screen = new Screen([], { shell: 'bash --norc --noprofile -i', env })
  await screen.see(/^sh\$$/m)
  let commands = 0
  /** Runs a line of the shell, and returns what it prints. */
  const ask = async (line: string) => {
    const mark = `done-${++commands}`
    screen.type(`${line}; echo ${mark.replace('-', '""-')}\r`)
    const text = await screen.see(new RegExp(`^${mark}$`, 'm'))
    return text.slice(text.lastIndexOf(line.slice(-20)) + 20)
  }
  /** Stops the program, and checks that the terminal is as the shell needs it. */
  const suspend = async () => {
    const before = screen.text().split('Stopped').length
    screen.type(CTRL_Z)
    // less remembers a Ctrl-Z that arrives after it has written its prompt (flush() in iread() of its os.c) and before it notes that
    // it reads a key, but stops only after the next key: press it again, as a person does.
    const again = setInterval(() => screen.type(CTRL_Z), 2000)
    await screen.see(new RegExp(`(Stopped[\\s\\S]*){${before},}sh\\$$`)).finally(() => clearInterval(again))
    // The shell may have got it.
    screen.type(CTRL_U)
    expect(screen.isSecondScreen).toBe(false)
    expect(screen.showsCursor).toBe(true)
    expect(await ask('stty -a')).not.toMatch(/(^|\s)-(echo|icanon|isig)\b/)
  }
  return { box, ids, screen, ask, suspend, home }
}

describe.each(NODES)('Ctrl-Z and fg (%s)', (node) => {
  it('give the terminal to the shell, and take it back', async () => {
    const { ids, screen, ask, suspend } = await shellWith(node)
    for (const [line, shown, more] of [
      ['list --watch', /Ctrl-C ends$/, ''],
      // Stopped again before it is back in the foreground.
      [`wait ${ids.join(' ')}`, /Ctrl-C stops the wait, not the tasks$/, '; kill -TSTP %1; sleep 0.2'],
      [`wait ${ids[0]}`, FRAME, ''],
    ] as const) {
      screen.type(`clear; $G ${line}\r`)
      await screen.see(shown)
      await suspend()
      // Nothing stays of what was drawn.
      expect(screen.text()).not.toMatch(shown)
      // Nothing is drawn in the background either.
      await ask(`bg; sleep 0.2${more}`)
      expect(screen.isSecondScreen).toBe(false)
      expect(screen.text()).not.toMatch(shown)
      screen.type('fg\r')
      await screen.see(shown)
      screen.type(CTRL_C)
      await screen.see(/sh\$$/)
      expect(screen.isSecondScreen).toBe(false)
      expect(screen.text()).not.toMatch(FRAME)
      expect(await ask('echo status $?')).toContain('status 130')
    }
  })

  it('draw nothing if the program starts in the background', async () => {
    const { ids, screen, ask } = await shellWith(node)
    screen.type(`clear; $G wait ${ids[0]} &\r`)
    await screen.see(new RegExp(`task ${ids[0]}: `))
    await ask('sleep 0.4')
    expect(screen.text()).not.toMatch(FRAME)
    await ask('kill %1')
  })

  it('ask for the password again, without echo, also after a signal that cannot be caught', async () => {
    const { screen, ask, suspend } = await shellWith(node)
    screen.type('export OS_CLIENT_CONFIG_FILE=$HOME/ask.yaml; clear; $G list --limit 1 -f value -c status\r')
    await screen.see(/^Password.*: ?$/m)
    await suspend()
    const pid = Number(/^\d+$/m.exec(await ask('jobs -p'))?.[0])
    await ask('clear')
    screen.type('fg\r')
    await screen.see(/^Password.*:$/m)
    process.kill(pid, 'SIGSTOP')
    await screen.see(/Stopped[\s\S]*sh\$$/)
    await ask('clear')
    screen.type('fg\r')
    await screen.see(/^Password.*:$/m)
    screen.type('secret\r')
    await screen.see(/^(success|failure|processing|pending)\n/m)
    expect(screen.text()).not.toContain('secret')
  })

  it('let the pager leave the terminal before the shell has it', async () => {
    const { screen, suspend, home } = await shellWith(node)
    // Like less, but slow, as less can be on a busy machine.
    await writeFile(join(home, 'pager.sh'), SLOW_PAGER)
    // Behind a shell and its pipe.
    screen.type(`export PAGER='cat | bash ${home}/pager.sh'; clear; $G list -f value -c id\r`)
    await screen.see(/^END OF PAGER$/m)
    await suspend()
    expect(screen.text()).toMatch(/^END OF PAGER\n(\^Z)?left\n[\s\S]*Stopped/m)
    screen.type('fg\r')
    await screen.see(/^back$/m)
  })

  it('leave the pager as it was', async () => {
    const { screen, suspend } = await shellWith(node)
    screen.type('export PAGER=less; clear; $G list\r')
    await screen.see(/^:$/m)
    await suspend()
    screen.type('fg\r')
    await screen.see(/^:$/m)
    screen.type('q')
    await screen.see(/sh\$$/)
    expect(screen.showsCursor).toBe(true)
  })
})
