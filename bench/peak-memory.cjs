// Preloaded into a Node, it writes the most memory that it held, in KiB, into the file that PEAK names.
const { writeFileSync } = require('node:fs')

process.on('exit', () => writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS)))
