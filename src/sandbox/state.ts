import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { ConfigurationError } from '../errors.js'
import { formatJson, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../http/json.js'
import { DOWNLOAD, type ImageRow } from './glance/images/store.js'
import type { Glance } from './glance/index.js'
import type { TaskRow } from './glance/tasks/store.js'

/** The first line of a state file. A change of the format needs a new version number. */
const HEADER: JsonObject = { 'glance-tasks sandbox': 1 }

/**
 * Stores the tasks and images of every Glance of a sandbox in a file, with one line for the new state after each change.
 * A sandbox that is killed loses nothing. At its start, the file is read, and rewritten without outdated lines.
 */
export class StateFile {
  readonly #path: string
  /** The image data in the file, by region and image. */
  readonly #written = new Map<string, Buffer | undefined>()
  #isWriting = false

  /**
   * @param path if it is a link, its target is rewritten, and not the link.
   * @throws ConfigurationError if the path is not a regular file.
   */
  constructor(path: string) {
    this.#path = path
    const stats = this.#try(() => statSync(path, { throwIfNoEntry: false }))
    if (stats === undefined) return
    if (!stats.isFile()) throw this.#noFile(stats.isDirectory() ? 'a directory' : 'a pipe or a device')
    this.#path = this.#try(() => realpathSync(path))
  }

  /**
   * Restores the state of every Glance from the file.
   *
   * @param glances by the name of their region.
   * @throws ConfigurationError if the file cannot be read, or is not the state of a sandbox.
   */
  read(glances: Record<string, Glance>): void {
    const text = this.#try(() => readIfThere(this.#path))
    // Text after the last line feed was being written when the sandbox was killed.
    const [header, ...lines] = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
    if (text === '') return
    if (header !== formatJson(HEADER)) throw this.#alien(1)
    for (const [i, line] of lines.entries()) if (line !== '') apply(this.#parse(line, i + 2), glances)
  }

  /**
   * Rewrites the file, and then appends every change.
   *
   * @throws ConfigurationError if it cannot be written.
   */
  write(glances: Record<string, Glance>): void {
    const records = Object.entries(glances).flatMap(([region, glance]) => recordsOf(region, glance))
    const text = [HEADER, ...records].map((record) => `${formatJson(record)}\n`).join('')
    this.#try(() => {
      // No other user can prepare a file or link here: the name is random, and `wx` opens only files that it creates.
      const file = `${this.#path}.${randomUUID()}`
      try {
        writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
        renameSync(file, this.#path)
      } catch (error) {
        rmSync(file, { force: true })
        throw error
      }
    })
    this.#isWriting = true
  }

  taskChanged(region: string, row: TaskRow): void {
    this.#append(taskRecord(region, row))
  }

  imageChanged(region: string, id: string, glance: Glance): void {
    const row = glance.images.get(id)
    if (!row) {
      this.#written.delete(`${region} ${id}`)
      this.#append({ region, deleted: id })
      return
    }
    // An import changes its image several times. Its data is written once.
    const data = glance.images.data(id)
    const key = `${region} ${id}`
    const isWritten = this.#written.has(key) && this.#written.get(key) === data
    this.#append({ ...imageRecord(region, row), ...(!isWritten && dataField(data)) })
    if (this.#isWriting) this.#written.set(key, data)
  }

  #append(record: JsonObject): void {
    if (this.#isWriting) appendFileSync(this.#path, `${formatJson(record)}\n`)
  }

  #try<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      throw new ConfigurationError(`The state file cannot be used: ${(cause as Error).message}.`, {
        cause,
        hint: 'Specify another --state FILE, in an existing, writable directory.',
        place: { file: this.#path },
      })
    }
  }

  #parse(line: string, number: number): JsonObject {
    let value: JsonValue
    try {
      value = parseJson(line)
    } catch {
      throw this.#alien(number)
    }
    if (!isRecord(value)) throw this.#alien(number)
    return value
  }

  #noFile(what: string): ConfigurationError {
    return new ConfigurationError(`The state file cannot be used: it is ${what}.`, {
      hint: 'Specify a sandbox state file, or a file that does not exist yet.',
      place: { file: this.#path },
    })
  }

  #alien(line: number): ConfigurationError {
    return new ConfigurationError('this is not a sandbox state file.', {
      hint: 'Specify a sandbox state file, or a file that does not exist yet.',
      place: { file: this.#path, line },
    })
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** Whether a line has the format that the rest of this file relies on. */
function isRecord(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value) || typeof value.region !== 'string') return false
  const { task, image, deleted } = value
  if (task !== undefined) return hasTexts(task, ['id', 'type', 'status', 'owner']) && hasTimes(task)
  if (image !== undefined) return hasTexts(image, ['id', 'status']) && hasTimes(image)
  return typeof deleted === 'string'
}

function hasTexts(row: JsonValue, keys: readonly string[]): boolean {
  return isJsonObject(row) && keys.every((key) => typeof row[key] === 'string')
}

function hasTimes(row: JsonValue): boolean {
  return isJsonObject(row) && typeof row.createdAt === 'number' && typeof row.updatedAt === 'number'
}

function recordsOf(region: string, { tasks, images }: Glance): JsonObject[] {
  return [
    ...Array.from(tasks.values(), (row) => taskRecord(region, row)),
    ...Array.from(images.values(), (row) => ({ ...imageRecord(region, row), ...dataField(images.data(row.id)) })),
    ...Array.from(images.deletedIds(), (deleted) => ({ region, deleted })),
  ]
}

function taskRecord(region: string, row: TaskRow): JsonObject {
  return { region, task: { ...row } as unknown as JsonObject }
}

function imageRecord(region: string, row: ImageRow): JsonObject {
  return { region, image: { ...row, properties: [...row.properties] } as unknown as JsonObject }
}

/** The data of an image in the file. A record without this key does not change them. */
function dataField(data: Buffer | undefined): JsonObject {
  if (data === DOWNLOAD) return { data: 'download' }
  return { data: data ? { base64: data.toString('base64') } : null }
}

function apply({ region, task, image, data, deleted }: JsonObject, glances: Record<string, Glance>): void {
  const glance = Object.hasOwn(glances, String(region)) ? glances[String(region)] : undefined
  if (!glance) return
  if (isJsonObject(task)) glance.restoreTask(task as unknown as TaskRow)
  if (isJsonObject(image)) {
    const { properties } = image as unknown as { properties: [string, string | null][] }
    const row = { ...image, properties: new Map(properties) } as unknown as ImageRow
    glance.images.add(row, dataOf(data))
    if (data === null) glance.images.dropData(row)
  }
  if (typeof deleted === 'string') glance.images.remove(deleted)
}

function dataOf(data: JsonValue | undefined): Buffer | undefined {
  if (data === 'download') return DOWNLOAD
  return isJsonObject(data) ? Buffer.from(String(data.base64), 'base64') : undefined
}
