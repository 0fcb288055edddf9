import { pastable } from '../../shell-words.js'
import { shellWord, type UserShell } from '../user-shell.js'

/** The options of the command line that choose a cloud. */
export interface ChosenCloud {
  osCloud?: readonly string[] | undefined
  osRegionName?: string | undefined
  allRegions?: boolean
}

/** The commands that a hint may name, and that query a cloud. The first three accept several clouds. */
const SEVERAL = ['list', 'wait', 'report']
const QUERIES = [...SEVERAL, 'get', 'retry', 'explain', 'import', 'create', 'doctor', 'schema']

/** Adds the chosen cloud to the commands in a hint: without it, they would query another cloud. */
export function inSameCloud(hint: string, { osCloud = [], osRegionName, allRegions }: ChosenCloud): string {
  if (/--(os-cloud|all-regions)/.test(hint)) return hint
  const clouds = osCloud.map((name) => `--os-cloud ${pastable(name, 'NAME')}`)
  const region = osRegionName === undefined ? [] : [`--os-region-name ${pastable(osRegionName, 'REGION')}`]
  const one = [...clouds, ...region]
  const several = allRegions ? [...one, '--all-regions'] : one
  return hint.replace(commandOf(QUERIES), (command, name: string) => {
    const words = SEVERAL.includes(name) ? several : clouds.length > 1 ? [] : one
    return [command, ...words].join(' ')
  })
}

/** Matches a command and its arguments in a text. It ends before a pipe, a bracket, a backtick, and a punctuation mark. */
function commandOf(names: readonly string[]): RegExp {
  return new RegExp(`\\bglance-tasks (${names.join('|')})\\b(?: (?!\\||\\()[^\\s\`]*[^\\s\`.,;])*`, 'g')
}

/** The options that name one of several clouds. Begins with a space. */
export function originOptions(
  { cloud, region }: { cloud: string; region: string | undefined },
  shell: UserShell,
): string {
  const name = ` --os-cloud ${shellWord(cloud, shell)}`
  return region === undefined ? name : `${name} --os-region-name ${shellWord(region, shell)}`
}
