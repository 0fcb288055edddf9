// Preloaded into a process of its own: when it exits it says on stderr how much memory it held at the most, in KiB.
process.on('exit', () => process.stderr.write(`\nmaxrss=${process.resourceUsage().maxRSS}\n`))
