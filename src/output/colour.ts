/** Colours a status; undefined for a status without a colour. */
export type Palette = (status: string) => ((text: string) => string) | undefined

/** The colours of the task statuses; none if colours are off. */
export async function paletteFor({ color }: { color: boolean }): Promise<Palette> {
  if (!color) return () => undefined
  const { Chalk } = await import('chalk')
  // Level 1: the 16 colours that every terminal supports. The caller has decided whether to use colours.
  const chalk = new Chalk({ level: 1 })
  const colours = new Map([
    ['pending', chalk.yellow],
    ['processing', chalk.cyan],
    ['success', chalk.green],
    ['failure', chalk.red],
  ])
  return (status) => colours.get(status)
}
