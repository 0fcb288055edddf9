// A preload script for Node: a name server that never responds. The lookup blocks a thread, as getaddrinfo() does.
const dns = require('node:dns')
const fs = require('node:fs')

dns.lookup = (_host, _options, done) => fs.open(process.env.ENDLESS_PIPE, done)
