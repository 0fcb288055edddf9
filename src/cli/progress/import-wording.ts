import { durationText, sizeText } from '../../amounts.js'
import type { ImportStep, UploadEvent } from './events.js'

const MIB = 1024 * 1024

/** What the server does in a step of an import. */
export function stepText({ phase, storesLeft }: Pick<ImportStep, 'phase' | 'storesLeft'>): string {
  if (phase === 'waiting') return 'waiting for the server to run the task'
  if (phase === 'downloading') return 'the server is downloading (it reports no progress)'
  return storesLeft.length === 0 ? 'copying to the store' : `copying to ${storesLeft.join(', ')}`
}

/** The same with the amount and the time so far. They come before the remark, which a narrow terminal cuts. */
export function stepWithNumbers(text: string, { phase, copiedMiB, size }: ImportStep, elapsed: number): string {
  const [doing = '', remark = ''] = text.split(/(?= \()/)
  const copied = phase === 'copying' && copiedMiB !== undefined ? `${copiedText(copiedMiB, size)}, ` : ''
  return `${doing}: ${copied}${durationText(elapsed)} so far${remark}`
}

function copiedText(copiedMiB: number, size: number | null | undefined): string {
  return size == null || size < MIB ? `${copiedMiB} MiB` : `${copiedMiB} of ${Math.floor(size / MIB)} MiB`
}

/** `uploading 1.0 GiB`, and in the end `uploaded 1.0 GiB in 10 s`, or `upload interrupted after 64 KiB of 1.0 GiB` */
export function uploadText({ bytes, total, elapsed, isOver }: UploadEvent): string {
  if (isOver && total !== undefined && bytes < total)
    return `upload interrupted after ${sizeText(bytes)} of ${sizeText(total)}`
  if (isOver) return `uploaded ${sizeText(bytes)} in ${durationText(elapsed)}`
  return total === undefined ? 'uploading' : `uploading ${sizeText(total)}`
}

/** `uploading 412 of 1024 MiB, 40 %, 85.3 MiB/s, 7 s left` */
export function uploadWithNumbers({ bytes, total, rate }: UploadEvent): string {
  const share = total ? `, ${Math.floor((bytes / total) * 100)} %` : ''
  const amount = total === undefined ? sizeText(bytes) : `${sizeText(bytes)} of ${sizeText(total)}`
  if (rate === undefined) return `uploading ${amount}${share}`
  const left = total !== undefined && rate > 0 ? `, ${durationText(((total - bytes) / rate) * 1000)} left` : ''
  return `uploading ${amount}${share}, ${sizeText(rate)}/s${left}`
}
