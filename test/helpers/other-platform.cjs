// A preload script for Node. Shows the program another platform, as far as it looks: PRETENDED_PLATFORM is its name. Windows has
// no user IDs, no devices and no /proc. With PRETENDED_STREAMS=none, there are no standard streams. SIGUSR2 stands for Ctrl-Break.
const fs = require('node:fs')

const { PRETENDED_PLATFORM, PRETENDED_STREAMS } = process.env
Object.defineProperty(process, 'platform', { value: PRETENDED_PLATFORM })

if (PRETENDED_PLATFORM === 'win32') {
  for (const id of ['uid', 'euid', 'gid', 'egid']) process[`get${id}`] = undefined
  for (const name of ['statSync', 'lstatSync', 'readFileSync', 'readlinkSync', 'realpathSync', 'openSync']) {
    const original = fs[name]
    fs[name] = (path, ...rest) => original(/^\/(dev\/(?!shm\b)|proc\/)/.test(path) ? `/nowhere${path}` : path, ...rest)
  }
  process.on('SIGUSR2', () => process.emit('SIGBREAK', 'SIGBREAK'))
}

if (PRETENDED_STREAMS === 'none') {
  const { fstatSync } = fs
  fs.fstatSync = (descriptor, ...rest) => {
    if (descriptor <= 2) throw Object.assign(new Error('EBADF: bad file descriptor, fstat'), { code: 'EBADF' })
    return fstatSync(descriptor, ...rest)
  }
}
