import { type Clock, systemClock } from '../../src/http/clock.js'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/index.js'
import { run, type World } from './cli.js'
import { TestClock } from './clock.js'
import { refusing } from './closed-port.js'
import { sandbox, type TestSandboxOptions } from './sandbox.js'

/** The input of an import that succeeds. */
export const INPUT = {
  import_from: 'https://images.example.org/image.raw',
  import_from_format: 'raw',
  image_properties: { name: 'image', disk_format: 'raw', container_format: 'bare' },
}

/** The input of an import that fails. */
export const FAILING = { ...INPUT, import_from: 'http://images.example.org/404' }

/** A sandbox, and a function that runs command lines against it. Both share one clock, which sleeping advances. */
export async function cloud(options: TestSandboxOptions = {}) {
  const clock = new TestClock(Date.now())
  const box = await sandbox({ taskDuration: 50, clock, ...options })
  return { clock, ...commandsOf(box, box.cloudsYaml, 'sandbox', clock) }
}

/** Functions that run command lines against the clouds in a clouds.yaml. `name` is the default cloud. */
export function commandsOf(
  box: Sandbox,
  clouds: string,
  name: string,
  { now, monotonic, sleep, startTimer, random }: Clock = systemClock,
) {
  const glance = (argv: string[], world: World = {}) =>
    run(argv, { clouds, now, monotonic, sleep, startTimer, random, ...world, env: { OS_CLOUD: name, ...world.env } })
  /** Starts a task. Returns its ID. */
  const create = async (input: object = INPUT, ...more: string[]) => {
    const argv = ['create', '--type', 'import', '--input', JSON.stringify(input), '-f', 'value', '-c', 'id', ...more]
    return (await glance(argv)).stdout.trim()
  }
  return { box, glance, create }
}

/**
 * Two clouds, `east` with the regions RegionOne and RegionTwo and `west` with one region, and `down`, where no server
 * listens. And a function that runs command lines against them. All share one clock, which sleeping advances.
 */
export async function severalClouds(options: { east?: SandboxOptions; west?: SandboxOptions } = {}) {
  const clock = new TestClock(Date.now())
  const east = await sandbox({ taskDuration: 50, clock, ...options.east })
  const west = await sandbox({ taskDuration: 50, clock, ...options.west })
  const clouds = [
    'clouds:',
    ...cloudOf(east, 'east').map((line) => line.replace('region_name: RegionOne', 'regions: [RegionOne, RegionTwo]')),
    ...cloudOf(west, 'west'),
    ...cloudOf({ cloudsYaml: await refusing(west) }, 'down'),
    '',
  ].join('\n')
  return { ...commandsOf(east, clouds, 'east', clock), east, west }
}

/** The lines for the admin in a sandbox's clouds.yaml, under another name. */
function cloudOf({ cloudsYaml }: Pick<Sandbox, 'cloudsYaml'>, name: string): string[] {
  const lines = cloudsYaml.split('\n')
  const begin = lines.indexOf('  sandbox:')
  const length = lines.slice(begin + 1).findIndex((line) => /^ {2}\S/.test(line))
  return [`  ${name}:`, ...lines.slice(begin + 1, begin + 1 + length)]
}
