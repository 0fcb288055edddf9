// A preload script for Node. On exit it writes every address that the process connected to, and every name that it looked up,
// to the file in CONNECTIONS.
const dns = require('node:dns')
const net = require('node:net')
const { writeFileSync } = require('node:fs')

const seen = new Set()

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function recorded(...args) {
  const [options] = args.flat()
  seen.add(typeof options === 'object' ? `${options.host ?? options.path}:${options.port}` : String(options))
  return connect.apply(this, args)
}

const { lookup } = dns
dns.lookup = (name, ...rest) => {
  seen.add(`name ${name}`)
  return lookup(name, ...rest)
}

process.on('exit', () => writeFileSync(process.env.CONNECTIONS, JSON.stringify([...seen])))
