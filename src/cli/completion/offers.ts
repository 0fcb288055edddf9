import type { Option } from 'commander'
import type { Context } from '../context.js'
import { isLogin } from '../help/topics.js'
import { optionsOf, type TypedLine, takesValue } from './command-line.js'
import { type Candidate, NOTHING, type Offer, safeCandidates } from './offer.js'
import { argumentValues, isList, isRepeatable, optionChoices, type Values } from './values.js'

/** What is possible at the cursor. @param current the cursor's word, up to the cursor */
export async function offerAt(line: TypedLine, current: string, context: Context): Promise<Offer> {
  const { awaiting, onlyOperands, program, command } = line
  if (awaiting !== undefined) return valueOffer(awaiting, '', current, line, context)
  if (!onlyOperands && current.startsWith('-')) {
    const [, long, value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? []
    if (long === undefined) return offerOf(optionCandidates(line, current))
    const option = optionsOf(program, command).find((each) => each.long === long)
    return option && takesValue(option) ? valueOffer(option, `${long}=`, value ?? '', line, context) : NOTHING
  }
  if (command === undefined) return offerOf(commandCandidates(line))
  const values = await argumentValues(line, current, context)
  if (values === 'files') return { kind: 'files', head: '' }
  if (values === 'command') return { kind: 'command' }
  // A word that begins with a dash would be read as an option.
  if (values !== undefined)
    return offerOf(values.filter(({ value }) => onlyOperands || value === '--' || !value.startsWith('-')))
  return onlyOperands || current !== '' ? NOTHING : offerOf(optionCandidates(line, '--'))
}

/** The values of an option. @param typed what precedes the value in the cursor's word: `--format=` */
async function valueOffer(
  option: Option,
  typed: string,
  value: string,
  line: TypedLine,
  context: Context,
): Promise<Offer> {
  const values: Values = await optionChoices(option, value, line, context)
  if (values === 'files') return { kind: 'files', head: typed }
  if (values === 'command') return { kind: 'command' }
  const before = isList(option) ? value.slice(0, value.lastIndexOf(',') + 1) : ''
  const taken = isRepeatable(option) ? [...before.split(','), ...valuesGiven(option, line)] : []
  return offerOf(
    values.filter((each) => !taken.includes(each.value)),
    typed + before,
  )
}

function valuesGiven(option: Option, { given }: TypedLine): string[] {
  return given.filter((each) => each.option === option).flatMap(({ value = '' }) => value.split(','))
}

function offerOf(candidates: readonly Candidate[], head = ''): Offer {
  return { kind: 'values', head, candidates: safeCandidates(candidates) }
}

function commandCandidates({ program }: TypedLine): Candidate[] {
  return program.commands.flatMap((command) =>
    [command.name(), ...command.aliases()].map((value) => ({ value, description: command.description() })),
  )
}

/**
 * The options that may still be given. Those that log in, which are many, only for words that begin with --o, and short ones only
 * for a single dash.
 */
function optionCandidates({ program, command, given }: TypedLine, current: string): Candidate[] {
  const isOver = (option: Option) => given.some((each) => each.option === option) && !isRepeatable(option, command)
  return optionsOf(program, command)
    .filter((option) => !isOver(option) && (current.startsWith('--o') || !isLogin(option)))
    .flatMap(({ long, short, description }) => {
      const flags = current === '--' || current.length > 2 ? [long ?? short] : [long, short]
      return flags.flatMap((value) => (value === undefined ? [] : [{ value, description }]))
    })
}
