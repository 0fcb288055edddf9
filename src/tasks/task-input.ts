import type { JsonObject, JsonValue } from '../http/json.js'

/** The input of a task of type `import`. Glance requires these three keys and reads no others. */
export type ImportInput = {
  /** The URL that the cloud fetches the image from. */
  import_from: string
  /** The format of the data at the URL, such as `qcow2` or `raw`. Glance requires it, but accepts any text. */
  import_from_format: string
  /** The properties of the new image. */
  image_properties: ImportImageProperties
}

/** The properties of an imported image. Further keys become custom properties. */
export type ImportImageProperties = {
  name?: string | undefined
  disk_format: DiskFormat | (string & {})
  container_format: ContainerFormat | (string & {})
  visibility?: 'public' | 'private' | 'shared' | 'community' | undefined
  min_disk?: number | undefined
  min_ram?: number | undefined
  protected?: boolean | undefined
  tags?: string[] | undefined
  [property: string]: JsonValue | undefined
}

/** The disk formats of a default Glance, the common ones first. A cloud may support fewer, or others. */
export const DISK_FORMATS = ['qcow2', 'raw', 'vmdk', 'vhd', 'vhdx', 'vdi', 'iso', 'ploop', 'ami', 'ari', 'aki'] as const
/** A disk format of a default Glance. */
export type DiskFormat = (typeof DISK_FORMATS)[number]

/** The container formats of a default Glance, the common ones first. */
export const CONTAINER_FORMATS = ['bare', 'ovf', 'ova', 'docker', 'compressed', 'ami', 'ari', 'aki'] as const
/** A container format of a default Glance. */
export type ContainerFormat = (typeof CONTAINER_FORMATS)[number]

/** The input of a task, by type. */
export type InputOf<Type extends string> = Type extends 'import' ? ImportInput : JsonObject
