/** Reads CSV as RFC 4180 has it, with line feeds as line ends: quoted fields hold anything, and `""` for a quote. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    const field = /^(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])/.exec(text.slice(at))
    if (!field) throw new Error(`not CSV at ${at}: ${text.slice(at, at + 40)}`)
    row.push(field[1]?.replaceAll('""', '"') ?? field[2] ?? '')
    at += field[0].length
    if (field[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
