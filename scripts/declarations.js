// Rolls the declarations that the compiler writes, one file a module, up into one file for each public entry: what the
// entry exports, and what that refers to. Nothing else is to be seen from outside.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

const DECLARATION = /^(export )?(declare )?(?:abstract )?(?:class|interface|type|function|const|enum) ([\w$]+)/

/** The text of the one file that declares all that a declaration file exports. */
export function rollUp(entry) {
  const modules = new Map()
  const found = new Map()

  const moduleAt = (file) => {
    if (!modules.has(file)) modules.set(file, read(file))
    return modules.get(file)
  }

  /** The file that declares a name which a file knows; undefined for what TypeScript or Node declares. */
  const homeOf = (file, name) => {
    const { declarations, imports } = moduleAt(file)
    if (declarations.has(name)) return file
    const from = imports.get(name)
    if (from === undefined) return undefined
    if (!from.startsWith('.'))
      throw new Error(`${file}: ${name} comes from the package ${from}, which users do not have.`)
    return homeOf(pathOf(file, from), name)
  }

  const visit = (file, name) => {
    const home = homeOf(file, name)
    if (home === undefined || found.get(name)?.home === home) return
    if (found.has(name)) throw new Error(`${name} is declared in ${home} and in ${found.get(name).home}.`)
    const text = moduleAt(home).declarations.get(name)
    found.set(name, { home, text })
    for (const word of wordsOf(text)) visit(home, word)
  }

  const { exported } = moduleAt(entry)
  for (const { name } of exported) visit(entry, name)
  const names = exported.map(({ name, isType }) => (isType ? `type ${name}` : name))
  const texts = [...found.values()].map(({ text }) => text)
  return `${texts.join('\n\n')}\n\nexport { ${names.sort().join(', ')} }\n`
}

/** What a declaration file declares, by name; what it imports, by name; and what it exports. */
function read(file) {
  const declarations = new Map()
  const imports = new Map()
  const exported = []
  for (const statement of statementsOf(readFileSync(file, 'utf8'))) {
    const code = withoutComments(statement).trim()
    const clause = /^(import|export)( type)? \{([^}]*)\}(?: from '([^']+)')?;$/.exec(code)
    const declaration = DECLARATION.exec(code)
    if (clause) {
      const [, keyword, allTypes, list, from] = clause
      for (const item of list.split(',').map((each) => each.trim())) {
        if (item === '') continue
        if (/ as /.test(item)) throw new Error(`${file}: ${item}: a name that changes on its way cannot be rolled up.`)
        const name = item.replace(/^type /, '')
        if (from !== undefined) imports.set(name, from)
        if (keyword === 'export') exported.push({ name, isType: allTypes !== undefined || name !== item })
      }
    } else if (declaration) {
      const [, isExported, isValue, name] = declaration
      const text = statement.trim().replace(/^export /m, '')
      // A function with several signatures is declared several times.
      declarations.set(name, declarations.has(name) ? `${declarations.get(name)}\n${text}` : text)
      if (isExported) exported.push({ name, isType: isValue === undefined })
    } else if (code !== '') {
      throw new Error(`${file}: this cannot be rolled up: ${code.slice(0, 80)}`)
    }
  }
  return { declarations, imports, exported }
}

/** The statements of a file, each with the comment before it. */
function statementsOf(text) {
  const statements = []
  let comment = []
  for (const line of text.split('\n')) {
    if (/^(\/\*\*|\/\/| \*)/.test(line)) {
      comment.push(line)
      continue
    }
    if (/^(import|export|declare|type|interface|class)\b/.test(line)) statements.push([])
    statements.at(-1)?.push(...comment, line)
    comment = []
  }
  return statements.map((lines) => lines.join('\n'))
}

/** The words of a declaration that may be names of others: all but those of its own members. */
function wordsOf(text) {
  const code = withoutComments(text).replace(/^\s+(?:(?:readonly|static|protected|get|set) )*[\w$]+(?=[(?:<])/gm, '')
  return code.match(/[\w$]+/g) ?? []
}

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.)*'|^\s*\/\/.*$/gm, (match) =>
    match.startsWith("'") ? match : '',
  )
}

function pathOf(file, specifier) {
  return resolve(dirname(file), specifier.replace(/\.js$/, '.d.ts'))
}
