import { visible } from './text.js'

/** A metric of the Prometheus text format. Every metric here is a gauge: it can rise and fall. */
export interface Metric {
  name: string
  help: string
  samples: readonly Sample[]
}

/** A value of a metric. */
export interface Sample {
  /** A label without a value is left out, which Prometheus treats as an empty one. */
  labels: Readonly<Record<string, string | undefined>>
  value: number
}

/** Metrics in the Prometheus text exposition format. Omits a metric without samples. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => {
      const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}\n`)
      return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} gauge\n${lines.join('')}`
    })
    .join('')
}

/** The maximum length of a label value, in characters. */
const LONGEST_LABEL = 100

/** Foreign text as a label value: without control characters, and cut if it is long. */
export function labelText(text: string): string {
  const shown = visible(text.slice(0, LONGEST_LABEL))
  return text.length <= LONGEST_LABEL ? shown : `${shown}…`
}

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}="${escapeLabel(value)}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(text: string): string {
  return visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}

function escapeHelp(text: string): string {
  return visible(text).replaceAll('\\', '\\\\')
}
