// The version and the help of each command, where no terminal decides how wide the help is: the build has printed them
// (src/cli/help/texts.ts), so that these short commands load nothing else of the program.

const HELP = ['-h', '--help']
const VERSION = ['-V', '--version']

/** The text that a command line prints; undefined for any other command line, which the program must parse. */
exports.helpText = function helpText([first = '--help', second, ...more]) {
  if (more.length > 0) return undefined
  const { version, program, commands } = require('../dist/cli/help-texts.js')
  if (second === undefined) {
    if (VERSION.includes(first)) return version
    return first === 'help' || HELP.includes(first) ? program : undefined
  }
  const name = first === 'help' ? second : HELP.includes(second) ? first : ''
  return Object.hasOwn(commands, name) ? commands[name] : undefined
}
