// Combines the compiler's declaration files, one per module, into one file per public entry. It contains the exports of the
// entry and what they refer to, and nothing else.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

const DECLARATION = /^(export )?(declare )?(?:abstract )?(?:class|interface|type|function|const|enum) ([\w$]+)/

/** The combined declarations of everything that a declaration file exports. */
export function rollUp(entry) {
  const modules = new Map()
  const found = new Map()

  const moduleAt = (file) => {
    if (!modules.has(file)) modules.set(file, read(file))
    return modules.get(file)
  }

  /** The file that declares a name used in `file`; undefined for names of TypeScript or Node. */
  const homeOf = (file, name) => {
    const { declarations, imports } = moduleAt(file)
    if (declarations.has(name)) return file
    const from = imports.get(name)
    if (from === undefined) return undefined
    if (!from.startsWith('.'))
      throw new Error(`${file}: ${name} comes from the package ${from}, which users do not install.`)
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

/** Parses a declaration file: its declarations and imports by name, and its exports. */
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
        if (/ as /.test(item)) throw new Error(`${file}: ${item}: renamed imports and exports are not supported.`)
        const name = item.replace(/^type /, '')
        if (from !== undefined) imports.set(name, from)
        if (keyword === 'export') exported.push({ name, isType: allTypes !== undefined || name !== item })
      }
    } else if (declaration) {
      const [, isExported, isValue, name] = declaration
      const text = statement.trim().replace(/^export /m, '')
      // An overloaded function has several declarations.
      declarations.set(name, declarations.has(name) ? `${declarations.get(name)}\n${text}` : text)
      if (isExported) exported.push({ name, isType: isValue === undefined })
    } else if (code !== '') {
      throw new Error(`${file}: unsupported statement: ${code.slice(0, 80)}`)
    }
  }
  return { declarations, imports, exported }
}

/** The statements of a file, each with its leading comment. */
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

/** The identifiers in a declaration that may refer to others: all except the names of its members. */
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
