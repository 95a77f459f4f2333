import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRecorder, type Side } from './capture.ts'

const sides = fc.constantFrom<Side>('client', 'server')
const said = fc.record({
  connection: fc.integer({ min: 0, max: 3 }),
  client: fc.constantFrom('a', 'b', undefined),
  from: sides,
  size: fc.integer({ min: 1, max: 3_000 }),
})

describe('a capture', () => {
  test('holds the latest bytes of each client and connection, and says how many it has forgotten', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 60 }), (saids) => {
        const limit = 10_000
        const recorder = createRecorder(limit)
        const recordings = [1, 2, 3, 4].map((id) => recorder.open(id))
        const all = new Map<string, { from: Side; bytes: Buffer }[]>()
        saids.forEach(({ connection, client, from, size }, n) => {
          const bytes = Buffer.alloc(size, n)
          recordings[connection]?.say(from, bytes, client, n)
          const key = `${connection + 1} ${client}`
          all.set(key, [...(all.get(key) ?? []), { from, bytes }])
        })
        let kept = 0
        for (const { id, client, chunks, forgotten } of recorder.read()) {
          const whole = all.get(`${id} ${client}`) ?? []
          const size = (from: Side, of: readonly { from: Side; bytes: Buffer }[]) =>
            of.reduce((sum, chunk) => sum + (chunk.from === from ? chunk.bytes.length : 0), 0)
          const left = chunks.map(({ from, bytes }) => ({ from, bytes: Buffer.from(bytes, 'base64') }))
          expect(left).toEqual(whole.slice(whole.length - left.length))
          for (const from of ['client', 'server'] as const) {
            expect(forgotten[from] + size(from, left)).toBe(size(from, whole))
            kept += size(from, left)
          }
        }
        expect(kept).toBeLessThanOrEqual(limit)
        // It forgets only what it must: the largest chunk, and what keeping chunks costs, is all it may be short of.
        const total = saids.reduce((sum, { size }) => sum + size, 0)
        expect(kept).toBeGreaterThanOrEqual(Math.min(total, limit - 3_000) - 256 * saids.length)
      }),
    )
  })

  test('takes from what repeats itself, not from the handshake beside it', () => {
    const recorder = createRecorder(5_000)
    const stream = recorder.open(1)
    const polls = recorder.open(2)
    stream.say('client', Buffer.from('GET /sse/lobby'), 's', 1)
    for (let n = 0; n < 100; n++) polls.say('server', Buffer.alloc(500), 'p', n)
    expect(recorder.read('s')[0]?.forgotten).toEqual({ client: 0, server: 0 })
    expect(recorder.read('p')[0]?.forgotten.server).toBeGreaterThan(0)
  })

  test('shows a connection that several clients share once for each, and one that nobody spoke on', () => {
    const recorder = createRecorder(5_000)
    const shared = recorder.open(1)
    shared.say('client', Buffer.from('1'), 'a', 1)
    shared.say('server', Buffer.from('2'), 'a', 2)
    shared.say('client', Buffer.from('3'), 'b', 3)
    shared.close('client')
    recorder.open(2)
    expect(recorder.read().map(({ id, client, chunks }) => [id, client, chunks.length])).toEqual([
      [1, 'a', 2],
      [1, 'b', 1],
      [2, undefined, 0],
    ])
    expect(recorder.read('b')).toMatchObject([
      { id: 1, closedBy: 'client', chunks: [{ at: 3, from: 'client', bytes: 'Mw==' }] },
    ])
  })

  test('of a thousand connections and more keeps the last thousand', () => {
    const recorder = createRecorder(5_000)
    for (let id = 1; id <= 1_500; id++) recorder.open(id).close('client')
    const kept = recorder.read()
    expect(kept).toHaveLength(1_000)
    expect(kept[0]?.id).toBe(501)
  })
})
