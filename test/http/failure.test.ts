import { expect, it } from 'vitest'
import { UnexpectedAnswerError } from '../../src/errors.js'
import { failureOf, proxyFailureOf } from '../../src/http/failure.js'
import { isPassing } from '../../src/http/retry.js'

it('too little memory for WebAssembly is called that, and is not asked for again', () => {
  const thrown = new RangeError(
    'WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance',
  )
  const error = failureOf(thrown, new URL('http://glance.example.org/'), false)
  expect(error).toMatchObject({ code: 'memory', hint: expect.stringContaining('ulimit -v') })
  expect(isPassing(error)).toBe(false)
})

it('an answer that is too long is no failure of the network, and asked for once', () => {
  const thrown = Object.assign(new Error('Response size exceeded'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' })
  const url = new URL('http://glance.example.org/v2/tasks')
  for (const error of [failureOf(thrown, url, true), proxyFailureOf(thrown, url, new URL('http://proxy'), true)]) {
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    expect(error.message).toBe('glance.example.org answered with more than 256 MiB.')
    expect(isPassing(error)).toBe(false)
  }
})
