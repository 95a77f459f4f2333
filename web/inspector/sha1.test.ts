import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha1 } from './sha1.ts'
import { acceptFor } from './websocket.ts'

test('is the SHA-1 of node:crypto, of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(Buffer.from(sha1(bytes))).toEqual(createHash('sha1').update(bytes).digest())
    }),
  )
})

test('is right on both sides of every block’s edge', () => {
  for (let length = 50; length <= 130; length++) {
    const bytes = new Uint8Array(length).fill(length)
    expect(Buffer.from(sha1(bytes)).toString('hex'), `${length} bytes`).toBe(
      createHash('sha1').update(bytes).digest('hex'),
    )
  }
})

test('proves the handshake that RFC 6455 §1.3 gives as its example', () => {
  expect(acceptFor('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
})
