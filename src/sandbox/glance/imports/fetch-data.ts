import { isVisible } from '../images/access.js'
import { DOWNLOAD, type ImageRow, type ImageStore } from '../images/store.js'
import type { Downloads } from './download.js'
import type { ImportSource } from './run.js'

/** The end of an attempt to get the data of an image. */
export interface FetchedData {
  /** Undefined if the attempt failed. */
  data?: Buffer | undefined
  /** The image of the other region that the data comes from. */
  original?: ImageRow
  /** When it ended, in microseconds since the epoch, if it took real time. */
  endedAt?: number | undefined
}

/** Where data can be fetched from. */
export interface DataSources {
  images: ImageStore
  downloads: Downloads
  /** The images of a region; undefined if there is no such region. */
  imagesOf(region: string): ImageStore | undefined
}

/** Gets the data of an import. `running` means that a download has not ended yet. */
export function fetchData(
  { images, downloads, imagesOf }: DataSources,
  taskId: string,
  image: ImageRow,
  source: ImportSource,
): FetchedData | 'running' {
  switch (source.kind) {
    case 'image':
      return { data: images.data(image.id) ?? Buffer.alloc(0) }
    case 'zeros':
      return source.fails ? {} : { data: DOWNLOAD }
    case 'url': {
      // A download that an earlier run of the sandbox started never ends, like a download of a Glance that was killed.
      const download = downloads.get(taskId)
      if (download?.endedAt === undefined) return 'running'
      // Glance's web-download fails if the server does not send the length.
      const { data, hasLength, endedAt } = download
      return { data: hasLength ? data : undefined, endedAt }
    }
    case 'region': {
      const there = imagesOf(source.region)
      const original = there?.get(source.imageId)
      const data = there?.data(source.imageId)
      const isReadable = original?.status === 'active' && isVisible(source, original)
      return isReadable ? { data, original } : {}
    }
  }
}
