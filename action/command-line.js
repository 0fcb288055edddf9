/** What each command takes: its inputs, the first of which it needs, and the options and arguments that they become. */
const COMMANDS = {
  import: {
    inputs: ['source', 'name'],
    options: ({ name }) => option('--name', name),
    operands: ({ source }) => [source],
  },
  create: {
    inputs: ['type', 'input'],
    options: ({ type, input }) => [...option('--type', type), ...option('--input', input)],
    operands: () => [],
  },
  wait: { inputs: ['ids'], options: () => [], operands: ({ ids }) => ids.split(/\s+/) },
}

/**
 * The arguments of glance-tasks, and the cloud, for the inputs of the action. `env` has the inputs as INPUT_*.
 *
 * Throws an Error that names the input to change.
 */
export function commandLine(env) {
  const input = (name) => env[`INPUT_${name.toUpperCase()}`]?.trim() ?? ''
  const name = input('command') || 'import'
  if (!Object.hasOwn(COMMANDS, name)) {
    throw new Error(`The input "command" must be import, create or wait, not ${JSON.stringify(name)}.`)
  }
  const { inputs, ...command } = COMMANDS[name]
  const [required] = inputs
  if (!input(required)) throw new Error(`The command ${name} requires the input "${required}".`)
  const others = Object.values(COMMANDS).flatMap((each) => each.inputs)
  const unused = others.find((each) => input(each) && !inputs.includes(each))
  if (unused) throw new Error(`The command ${name} does not accept the input "${unused}".`)
  const given = Object.fromEntries(inputs.map((each) => [each, input(each)]))
  const options = input('options')
    .split('\n')
    .flatMap((line) => line.trim() || [])
  const wait = [...(name === 'wait' ? [] : ['--wait']), ...option('--timeout', input('timeout'))]
  const all = [...command.options(given), ...options, ...wait, '--format', 'json']
  // An input may come from outside of the repository. After --, it is not read as an option, which could send the login elsewhere.
  return { argv: [name, ...all, '--', ...command.operands(given)], cloud: input('cloud') }
}

/** One word. In two words, a value that begins with a dash could be read as another option. */
function option(name, value) {
  return value ? [`${name}=${value}`] : []
}
