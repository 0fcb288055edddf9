import { SETTINGS } from '../../config/setting-table.js'
import { VERSION } from '../../version.js'
import type { Context } from '../context.js'
import { completeProgram } from '../program.js'
import { manPages } from './man.js'
import { markdownOf, settingsTable } from './markdown.js'
import { referenceOf } from './reference.js'
import { type HelpTexts, helpTexts } from './texts.js'

/** The documents that are generated from the command tree, for scripts/docs.js and the build. */
export interface Documents {
  /** docs/commands.md */
  commands: string
  /** The man pages, by the names of their files. */
  man: Record<string, string>
  /** The table of settings in docs/configuration.md. */
  settings: string
  /** What the program prints of itself. */
  help: HelpTexts
}

/** Generates the documents. Equal sources give equal documents. */
export async function makeDocuments(): Promise<Documents> {
  // Only running a command needs a context.
  const reference = referenceOf(await completeProgram({} as Context))
  return {
    commands: markdownOf(reference),
    man: manPages(reference, VERSION),
    settings: settingsTable(SETTINGS),
    help: await helpTexts(),
  }
}
