// Writes the results of a row as a table, with a column for each Node.
import { format } from './measure.js'

/**
 * One result of a row. `ratio` is the measured value, `most` or `least` its limit.
 * @typedef {{ name: string, goal: string, ratio: object, most?: number, least?: number, unit?: string }} Figure
 * @typedef {{ node: { version: string }, times: Record<string, object>, figures: Figure[], notes?: string[] }} Result
 */

/** @param results {Result[]} */
export function report({ title, isOnce }, results) {
  const columns = isOnce ? [''] : results.map(({ node }) => `Node ${node.version}`)
  const names = [...new Set(results.flatMap(({ figures }) => figures.map(({ name }) => name)))]
  const lines = names.map((name) => {
    const figures = results.map((result) => result.figures.find((figure) => figure.name === name))
    return [name, figures.find(Boolean).goal, ...figures.map(cell)]
  })
  const table = [['', 'goal', ...columns], Array(columns.length + 2).fill('---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
  return [`## ${title}`, table, ...results.flatMap((result) => below(result, isOnce))].join('\n\n')
}

function cell(figure) {
  if (figure === undefined) return ''
  const { ratio, most, least, unit } = figure
  const isReached = most === undefined ? ratio.median >= least : ratio.median <= most
  const value = unit ? `${ratio.median.toFixed(unit === 'MB' ? 2 : 0)} ${unit}` : format(ratio)
  return isReached ? value : `**${value}**`
}

/** The times of a result, and its notes. */
function below({ node, times, notes = [] }, isOnce) {
  const measured = Object.entries(times).map(([name, time]) => `${name} ${format(time, 0)}`)
  const milliseconds = measured.length > 0 ? [`Milliseconds: ${measured.join(' · ')}.`] : []
  const text = [...milliseconds, ...notes].join(' ')
  if (text === '') return []
  return [isOnce ? text : `Node ${node.version}. ${text}`]
}
