// Writes docs/commands.md from the command tree. `npm test` fails if it is out of date.
import { writeFileSync } from 'node:fs'
import { makeDocuments } from './documents.js'

const { commands } = await makeDocuments()
writeFileSync(new URL('../docs/commands.md', import.meta.url), commands)
