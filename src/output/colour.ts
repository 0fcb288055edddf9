/** How a status is coloured; undefined for one that has no colour. */
export type Palette = (status: string) => ((text: string) => string) | undefined

/** The colours of the states of a task, or none at all. */
export async function paletteFor({ color }: { color: boolean }): Promise<Palette> {
  if (!color) return () => undefined
  const { Chalk } = await import('chalk')
  // Sixteen colours, which every terminal has. Whether there are to be colours has been decided by the caller.
  const chalk = new Chalk({ level: 1 })
  const colours = new Map([
    ['pending', chalk.yellow],
    ['processing', chalk.cyan],
    ['success', chalk.green],
    ['failure', chalk.red],
  ])
  return (status) => colours.get(status)
}
