// A preload script for Node. On exit it prints the peak memory of the process to stderr, in KiB.
process.on('exit', () => process.stderr.write(`\nmaxrss=${process.resourceUsage().maxRSS}\n`))
