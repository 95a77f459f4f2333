import { expect, test } from 'vitest'
import { createHeads, type HeadOptions } from './headers.ts'

const options: HeadOptions = {
  origin: 'http://127.0.0.1:3000',
  headers: 'minimal',
  cookieBytes: 0,
  keepAlive: true,
}

/** The names of a head's fields in their order. */
const namesOf = (head: string) =>
  head
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(':')))

test('minimal heads are what HTTP and the transport demand', () => {
  const heads = createHeads(options)
  expect(heads.get('/a')).toBe('GET /a HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n')
  expect(heads.stream('/a', 'k3f9.1')).toBe(
    'GET /a HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nAccept: text/event-stream\r\nLast-Event-ID: k3f9.1\r\n\r\n',
  )
  expect(heads.post('/a', 'application/json', 2)).toBe(
    'POST /a HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n',
  )
  expect(namesOf(heads.upgrade('/a', 'key'))).toEqual([
    'Host',
    'Connection',
    'Upgrade',
    'Sec-WebSocket-Version',
    'Sec-WebSocket-Key',
  ])
})

test('the Cookie header’s value is as long as was asked, on every kind of request', () => {
  for (const headers of ['chrome', 'minimal'] as const) {
    for (const cookieBytes of [1, 8, 500, 4096]) {
      const heads = createHeads({ ...options, headers, cookieBytes })
      for (const head of [
        heads.get('/'),
        heads.stream('/'),
        heads.post('/', 'a/b', 1),
        heads.upgrade('/', 'k'),
      ]) {
        expect(/\r\nCookie: (.*)\r\n/.exec(head)?.[1]?.length).toBe(cookieBytes)
      }
    }
    const bare = createHeads({ ...options, headers })
    for (const head of [bare.get('/'), bare.stream('/'), bare.post('/', 'a/b', 1), bare.upgrade('/', 'k')]) {
      expect(head).not.toContain('Cookie')
    }
  }
})

test('every head ends once, and says whether the connection stays', () => {
  for (const headers of ['chrome', 'minimal'] as const) {
    for (const keepAlive of [true, false]) {
      const heads = createHeads({ ...options, headers, keepAlive })
      for (const head of [heads.get('/'), heads.stream('/', 'a'), heads.post('/', 'a/b', 1)]) {
        expect(head.indexOf('\r\n\r\n')).toBe(head.length - 4)
        expect(head.includes('Connection: close')).toBe(!keepAlive)
      }
      // An upgrade's Connection header has its own word to say.
      expect(heads.upgrade('/', 'k')).toContain('Connection: Upgrade')
    }
  }
})
