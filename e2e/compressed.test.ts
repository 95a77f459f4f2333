import { afterEach, beforeEach, expect, test } from 'vitest'
import { sse } from '../web/transports/sse.ts'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/** Event streams through a compressor, as lesson 16 has them: one that is never flushed, and one that is. */

let server: TestServer

beforeEach(async () => {
  server = await startServer()
})

afterEach(() => server.close())

/** Reads a room with the product's client, from a server of its name, and counts what comes of it. */
function read(name: 'sse' | 'lessons/broken/compressed' | 'lessons/broken/compressed-flushed') {
  const seqs: number[] = []
  let head: Response | undefined
  const connection = sse(
    {
      url: server.url,
      room: 'events',
      after: '0',
      async fetch(input, init) {
        head = await fetch(String(input).replace('/sse/', `/${name}/`), init)
        return head
      },
    },
    { onEntry: ({ seq }) => seqs.push(seq), onGap: () => {}, onStatus: () => {} },
  )
  return {
    seqs,
    close: () => connection.close(),
    get head() {
      return head
    },
  }
}

const publish = (text: string) =>
  fetch(`${server.url}/short-polling/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })

test('what is not flushed stays in the compressor: the head comes, and the entries do not', async () => {
  const [held, flushed, plain] = [
    read('lessons/broken/compressed'),
    read('lessons/broken/compressed-flushed'),
    read('sse'),
  ]
  await until('all heads are there', () => held.head && flushed.head && plain.head)
  for (let at = 1; at <= 10; at++) await publish(`message ${at}`)
  const all = Array.from({ length: 10 }, (_, index) => index + 1)
  await until('those that flush have them', () => flushed.seqs.length >= 10 && plain.seqs.length >= 10)
  expect(flushed.seqs).toEqual(all)
  expect(plain.seqs).toEqual(all)
  expect(held.head?.status).toBe(200)
  expect(held.head?.headers.get('content-encoding')).toBe('gzip')
  expect(held.seqs).toEqual([])
  for (const reader of [held, flushed, plain]) reader.close()
})
