import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { chooseFormats, type Declared, type FormatChoice } from '../../../src/images/formats/choose.js'
import { recognise } from '../../../src/images/formats/recognise.js'
import { disk, qcow2, sample } from '../../helpers/image-bytes.js'

/** The data of a name: a sample, or built here. */
function dataOf(name: string): Uint8Array | undefined {
  if (name === 'unseen') return undefined
  if (name === 'zeros') return Buffer.alloc(65_536)
  if (name === 'mbr') return disk([[0x80, 0x83]])
  if (name === 'corrupt') return qcow2([72, 2n, 8])
  if (name === 'gzip of zeros') return gzipSync(Buffer.alloc(65_536))
  if (name === 'html') return Buffer.from('<!doctype html>')
  if (name === 'ova') return Buffer.from(`vm.ovf${'\0'.repeat(251)}ustar`)
  return sample(name)
}

function choose(data: string, declared: Declared = {}): FormatChoice {
  const bytes = dataOf(data)
  return chooseFormats(bytes && recognise(bytes), declared)
}

describe('without a disk format', () => {
  it.each<[data: string, diskFormat: string | undefined, status: string]>([
    ['qcow2', 'qcow2', 'ok'],
    ['qcow2 v2', 'qcow2', 'ok'],
    ['vmdk', 'vmdk', 'ok'],
    ['vmdk, stream-optimized', 'vmdk', 'ok'],
    ['vhd', 'vhd', 'ok'],
    ['vhdx', 'vhdx', 'ok'],
    ['vdi', 'vdi', 'ok'],
    ['iso', 'iso', 'ok'],
    ['mbr', 'raw', 'ok'],
    ['zeros', 'raw', 'warning'],
    ['vhd, fixed', 'raw', 'warning'],
    ['luks', 'raw', 'warning'],
    ['corrupt', 'qcow2', 'warning'],
    ['qcow2 with a backing file', undefined, 'failed'],
    ['qcow2 with a data file', undefined, 'failed'],
    ['vmdk, a descriptor alone', undefined, 'failed'],
    ['qcow', undefined, 'failed'],
    ['qed', undefined, 'failed'],
    ['gzip', undefined, 'failed'],
    ['xz', undefined, 'failed'],
    ['zstd', undefined, 'failed'],
    ['bzip2', undefined, 'failed'],
    ['html', undefined, 'failed'],
    ['ova', undefined, 'failed'],
    ['unseen', undefined, 'failed'],
  ])('%s is %s: %s', (data, diskFormat, status) => {
    expect(choose(data)).toMatchObject({ diskFormat, containerFormat: 'bare', status })
  })

  it('says how it was recognised, and the size of the disk', () => {
    expect(choose('qcow2').detail).toBe(
      'The disk format is qcow2, recognised by its signature, version 3, virtual size 16 MiB.',
    )
  })

  it.each<[data: string, declared: Declared, diskFormat: string | undefined, detail: string]>([
    ['zeros', { fileName: 'a.raw' }, 'raw', 'and the file name ends with .raw.'],
    ['zeros', { fileName: '/a/b.QCOW2' }, 'raw', 'The file name ends with .qcow2.'],
    ['zeros', { fileName: 'a.img' }, 'raw', 'no known format.'],
    ['qcow2', { fileName: 'a.raw' }, 'qcow2', 'recognised by its signature'],
    ['unseen', { fileName: '/a.qcow2' }, 'qcow2', 'because the file name ends with .qcow2'],
    ['unseen', { fileName: '/a.qcow2.gz' }, undefined, 'is unknown'],
    ['unseen', { fileName: '/a', isGone: true }, 'raw', 'assumed to be raw.'],
    ['unseen', { fileName: '/a.vmdk', isGone: true }, 'vmdk', 'assumed to be vmdk.'],
  ])('the name shows what the data does not: %s, %j', (data, declared, diskFormat, detail) => {
    expect(choose(data, declared)).toMatchObject({ diskFormat, detail: expect.stringContaining(detail) })
  })
})

describe('a disk format that is given', () => {
  it.each<[diskFormat: string, data: string, status: string]>([
    ['qcow2', 'qcow2', 'ok'],
    ['iso', 'iso', 'ok'],
    ['raw', 'mbr', 'ok'],
    ['raw', 'zeros', 'ok'],
    ['qcow2', 'corrupt', 'warning'],
    // As Glance decides, except that another disk format is not mistaken for raw.
    ['raw', 'qcow2', 'failed'],
    ['raw', 'vmdk', 'failed'],
    ['raw', 'vhd', 'failed'],
    ['raw', 'vhdx', 'failed'],
    ['raw', 'vdi', 'failed'],
    ['raw', 'iso', 'warning'],
    ['raw', 'luks', 'warning'],
    ['raw', 'html', 'warning'],
    ['raw', 'ova', 'warning'],
    ['raw', 'qed', 'failed'],
    ['raw', 'gzip', 'failed'],
    ['qcow2', 'iso', 'failed'],
    ['qcow2', 'zeros', 'failed'],
    ['qcow2', 'mbr', 'failed'],
    ['qcow2', 'html', 'failed'],
    ['qcow2', 'gzip', 'failed'],
    ['qcow2', 'qcow2 with a backing file', 'failed'],
    ['iso', 'mbr', 'failed'],
    ['vhd', 'vhd, fixed', 'warning'],
    ['vhd', 'mbr', 'warning'],
    ['vhd', 'qcow2', 'failed'],
    ['vmdk', 'zeros', 'failed'],
    ['ploop', 'zeros', 'ok'],
    ['ploop', 'mbr', 'ok'],
    ['ploop', 'qcow2', 'failed'],
    ['root-tar', 'ova', 'unknown'],
    ['qcow2', 'unseen', 'unknown'],
  ])('%s for %s: %s', (diskFormat, data, status) => {
    expect(choose(data, { diskFormat })).toMatchObject({ diskFormat, status })
  })

  it('of a contradiction is named, with the one that fits', () => {
    expect(choose('qcow2', { diskFormat: 'raw' })).toMatchObject({
      detail: 'The data is qcow2, recognised by its signature, version 3, but the disk format is raw.',
      hint: 'Omit the disk format, or use qcow2.',
    })
    expect(choose('zeros', { diskFormat: 'qcow2' })).toMatchObject({
      detail: 'The format of the data is unknown, but the disk format is qcow2.',
      hint: 'Check the data, or specify another disk format.',
    })
  })

  it('of ESX may be raw data with a description elsewhere', () => {
    const properties = { vmware_disktype: 'preallocated' }
    expect(choose('zeros', { diskFormat: 'vmdk', properties }).status).toBe('warning')
  })
})

describe('a container format', () => {
  it.each<[declared: Declared, data: string, expected: Partial<FormatChoice>]>([
    [{ containerFormat: 'ova' }, 'ova', { diskFormat: 'vmdk', status: 'ok' }],
    [{ containerFormat: 'ova', diskFormat: 'raw' }, 'ova', { diskFormat: 'raw', status: 'ok' }],
    [{ containerFormat: 'docker' }, 'ova', { diskFormat: 'raw', status: 'ok' }],
    [{ containerFormat: 'ova' }, 'unseen', { diskFormat: 'vmdk', status: 'ok' }],
    [{ containerFormat: 'wasm' }, 'zeros', { diskFormat: undefined, status: 'failed' }],
    [{ diskFormat: 'aki' }, 'zeros', { containerFormat: 'aki', diskFormat: 'aki', status: 'ok' }],
    [{ diskFormat: 'ami', containerFormat: 'bare' }, 'zeros', { containerFormat: 'bare', status: 'ok' }],
    [{ containerFormat: 'compressed' }, 'gzip', { diskFormat: 'qcow2', status: 'warning' }],
    [{ containerFormat: 'compressed', diskFormat: 'raw' }, 'gzip', { status: 'failed' }],
    [
      { containerFormat: 'compressed', diskFormat: 'qcow2' },
      'gzip of zeros',
      { diskFormat: 'qcow2', status: 'warning' },
    ],
    [{ containerFormat: 'compressed', diskFormat: 'qcow2' }, 'xz', { diskFormat: 'qcow2', status: 'warning' }],
    [{ containerFormat: 'compressed' }, 'xz', { diskFormat: undefined, status: 'failed' }],
    [{ containerFormat: 'compressed' }, 'qcow2', { diskFormat: undefined, status: 'failed' }],
    [{ containerFormat: 'compressed', diskFormat: 'raw' }, 'unseen', { diskFormat: 'raw', status: 'warning' }],
  ])('%j for %s', (declared, data, expected) => {
    expect(choose(data, declared)).toMatchObject(expected)
  })
})

it('every choice that failed says what to do', () => {
  for (const data of ['gzip', 'xz', 'html', 'ova', 'unseen', 'qed', 'qcow2 with a backing file']) {
    expect(choose(data).hint).toMatch(/\.$/)
  }
})
