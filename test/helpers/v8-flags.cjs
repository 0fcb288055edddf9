// A preload script for Node. Writes each V8 flag that the program sets to the file in FLAGS, one a line.
const { appendFileSync } = require('node:fs')
const v8 = require('node:v8')

const { setFlagsFromString } = v8
v8.setFlagsFromString = (flag) => {
  appendFileSync(process.env.FLAGS, `${flag}\n`)
  setFlagsFromString(flag)
}
