import { expect, it } from 'vitest'
import { UnexpectedAnswerError } from '../../src/errors.js'
import { failureOf, proxyFailureOf } from '../../src/http/failure.js'
import { isPassing } from '../../src/http/retry.js'

it('an answer that is too long is no failure of the network, and asked for once', () => {
  const thrown = Object.assign(new Error('Response size exceeded'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' })
  const url = new URL('http://glance.example.org/v2/tasks')
  for (const error of [failureOf(thrown, url, true), proxyFailureOf(thrown, url, new URL('http://proxy'), true)]) {
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    expect(error.message).toBe('glance.example.org answered with more than 256 MiB.')
    expect(isPassing(error)).toBe(false)
  }
})
