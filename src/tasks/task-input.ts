import type { JsonObject, JsonValue } from '../http/json.js'

/** The input of a task of the type `import`: all that Glance reads, and all three are needed. */
export type ImportInput = {
  /** The URL that the cloud fetches the image from. */
  import_from: string
  /** The format of the data there, such as `qcow2` or `raw`. Glance wants it, and takes any text. */
  import_from_format: string
  /** The properties of the image that is made. */
  image_properties: ImportImageProperties
}

/** What an imported image is to be. Further keys become properties of the image. */
export type ImportImageProperties = {
  name?: string
  disk_format: DiskFormat | (string & {})
  container_format: ContainerFormat | (string & {})
  visibility?: 'public' | 'private' | 'shared' | 'community'
  min_disk?: number
  min_ram?: number
  protected?: boolean
  tags?: string[]
  [property: string]: JsonValue | undefined
}

/** Formats of disks that Glance knows by default. A cloud may know fewer, or others. */
export type DiskFormat = 'ami' | 'ari' | 'aki' | 'vhd' | 'vhdx' | 'vmdk' | 'raw' | 'qcow2' | 'vdi' | 'iso' | 'ploop'

/** Formats of containers that Glance knows by default. */
export type ContainerFormat = 'ami' | 'ari' | 'aki' | 'bare' | 'ovf' | 'ova' | 'docker' | 'compressed'

/** What a task of a type works on. */
export type InputOf<Type extends string> = Type extends 'import' ? ImportInput : JsonObject
