// A preload script for Node. It writes the peak memory of the process, in KiB, to the file in PEAK.
const { writeFileSync } = require('node:fs')

process.on('exit', () => writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS)))
