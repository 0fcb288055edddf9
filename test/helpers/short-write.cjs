// A preload script for Node: the first write of the program is cut short, and the next one fails, as if a pipe were full.
const fs = require('node:fs')

const { writeSync } = fs
let writes = 0
fs.writeSync = (file, bytes) => {
  if (++writes === 1) return writeSync(file, bytes.subarray(0, 100))
  throw Object.assign(new Error('The pipe is full.'), { code: 'EAGAIN' })
}
