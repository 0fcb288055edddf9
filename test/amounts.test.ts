import { expect, it } from 'vitest'
import { durationText, shortDuration, sizeText } from '../src/amounts.js'

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1_100_000, '1 MiB'],
  [60_000_000, '57.2 MiB'],
  [99.94 * 1024, '99.9 KiB'],
  [99.96 * 1024, '100 KiB'],
  [1023.4 * 1024, '1023 KiB'],
  [1023.6 * 1024, '1 MiB'],
  [412.4 * 1024 ** 2, '412 MiB'],
  [1024 ** 3, '1 GiB'],
  [63 * 2 ** 40, '63 TiB'],
  [2n ** 64n, '16 EiB'],
  [2n ** 74n, '16384 EiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

it.each([
  [-1, '0 s', '0s'],
  [999, '0 s', '0s'],
  [59_999, '59 s', '59s'],
  [60_000, '1 min', '1m0s'],
  [125_000, '2 min 5 s', '2m5s'],
  [3_600_000, '1 h', '1h0m'],
  [3_840_000, '1 h 4 min', '1h4m'],
  [3_605_000, '1 h', '1h0m'],
  [86_400_000, '1 d', '1d0h'],
  [266_400_000, '3 d 2 h', '3d2h'],
])('%d ms are %s, or %s in a table', (milliseconds, text, cell) => {
  expect(durationText(milliseconds)).toBe(text)
  expect(shortDuration(milliseconds)).toBe(cell)
})
