import { expect, test } from 'vitest'
import { now } from './clock.ts'
import { createDeliveries } from './deliveries.ts'

const RUN = 'k3f9'

/** Two readers that have joined at `e3f0.0`, and four messages that have been published as seq 1 to 4. */
function stage({ published = 4 } = {}) {
  const deliveries = createDeliveries(2, RUN)
  const due = Array.from({ length: 4 }, () => now())
  deliveries.expect(due, true)
  const readers = [deliveries.account(), deliveries.account()] as const
  for (const reader of readers) reader.joined('e3f0.0')
  for (let index = 0; index < 4; index++) deliveries.written(index)
  for (let index = 0; index < published; index++) deliveries.receipt(index, index + 1)
  const give = (reader: 0 | 1, ...seqs: number[]) => {
    const bytes = Buffer.from(seqs.map((seq) => entry(seq)).join(','))
    readers[reader].entries(bytes, 0, bytes.length)
  }
  return { deliveries, readers, give }
}

const entry = (seq: number, run = RUN) =>
  JSON.stringify({
    room: 'a',
    seq,
    kind: 'text',
    id: `${run}-00000${seq - 1}`,
    from: { name: 'x' },
    text: 'hi',
    at: now(),
  })

const page = (cursor: string, entries: string[], { gap = false, more = false } = {}) =>
  Buffer.from(`{"cursor":"${cursor}","gap":${gap},"more":${more},"entries":[${entries.join(',')}]}`)

test('all that was published, given once to each in order, is all there is', () => {
  const { deliveries, give } = stage()
  expect(deliveries.outstanding).toBe(8)
  give(0, 1, 2, 3, 4)
  give(1, 1)
  give(1, 2, 3)
  expect(deliveries.outstanding).toBe(1)
  give(1, 4)
  const { latency, sinceServer, ...figures } = deliveries.read()
  expect(deliveries.outstanding).toBe(0)
  expect(figures).toMatchObject({
    scheduled: 4,
    published: 4,
    refused: 0,
    expected: 8,
    delivered: 8,
    lost: 0,
  })
  expect(figures).toMatchObject({ duplicated: 0, reordered: 0, late: 0 })
  expect(latency.read().n).toBe(8)
  expect(sinceServer.read().n).toBe(8)
})

test('an entry may overtake the receipt of its draft', () => {
  const { deliveries, give } = stage({ published: 0 })
  give(0, 1, 2, 3, 4)
  expect(deliveries.outstanding).toBe(4)
  for (let index = 0; index < 4; index++) deliveries.receipt(index, index + 1)
  expect(deliveries.outstanding).toBe(4)
  give(1, 1, 2, 3, 4)
  expect(deliveries.outstanding).toBe(0)
  expect(deliveries.read().delivered).toBe(8)
})

test('lost, doubled and swapped are told apart', () => {
  const { deliveries, give } = stage()
  give(0, 1, 3, 2, 4)
  give(1, 1, 2, 2, 4, 1)
  expect(deliveries.outstanding).toBe(1)
  expect(deliveries.read()).toMatchObject({ expected: 8, delivered: 7, lost: 1, reordered: 1, duplicated: 2 })
})

test('what a gap announces is lost, and not waited for', () => {
  const { deliveries, readers, give } = stage()
  give(0, 1, 2, 3, 4)
  give(1, 1)
  readers[1].gap('e3f0.3')
  give(1, 4)
  expect(deliveries.outstanding).toBe(0)
  expect(deliveries.read()).toMatchObject({ delivered: 6, lost: 2, duplicated: 0, reordered: 0 })
  expect(readers[1].cursor).toBe('e3f0.4')
})

test('a refused message is owed to nobody', () => {
  const { deliveries, give } = stage({ published: 3 })
  deliveries.refused(3)
  give(0, 1, 2, 3)
  give(1, 1, 2, 3)
  expect(deliveries.outstanding).toBe(0)
  expect(deliveries.read()).toMatchObject({ scheduled: 4, published: 3, refused: 1, expected: 6, lost: 0 })
})

test('what came before, or is of others, is no delivery of this run', () => {
  const deliveries = createDeliveries(1, RUN)
  deliveries.expect([now()], false)
  const counted = deliveries.expect([now()], true)
  for (const index of [0, counted]) deliveries.written(index)
  const reader = deliveries.account()
  reader.joined('e3f0.0')
  const bytes = Buffer.from(
    [
      entry(1),
      entry(2, 'zzzz'),
      JSON.stringify({ seq: 3, id: 'no number', text: '' }),
      entry(4).replace('000003', '000001'),
    ].join(),
  )
  reader.entries(bytes, 0, bytes.length)
  deliveries.receipt(0, 1)
  deliveries.receipt(counted, 4)
  expect(deliveries.outstanding).toBe(0)
  expect(deliveries.read()).toMatchObject({ scheduled: 1, published: 1, expected: 1, delivered: 1, lost: 0 })
  expect(deliveries.read().latency.read().n).toBe(1)
})

test('latency counts from the instant that was due, raw latency from that of the sending', () => {
  const deliveries = createDeliveries(1, RUN)
  deliveries.expect([now() - 1_000], true)
  const reader = deliveries.account()
  reader.joined('e3f0.0')
  deliveries.written(0)
  const bytes = Buffer.from(entry(1))
  reader.entries(bytes, 0, bytes.length)
  const { latency, rawLatency, lateness } = deliveries.read()
  expect(latency.read().min).toBeGreaterThanOrEqual(999)
  expect(lateness.read().min).toBeGreaterThanOrEqual(999)
  expect(rawLatency.read().max).toBeLessThan(900)
})

test('a delivery after the drain is late, and still delivered', () => {
  const { deliveries, give } = stage()
  deliveries.lateAfter(now() - 1)
  give(0, 1, 2)
  expect(deliveries.read()).toMatchObject({ delivered: 2, late: 2 })
})

test('a page says where it begins, where it ends, and whether another waits', () => {
  const { deliveries, readers, give } = stage()
  give(1, 1, 2, 3, 4)
  const fresh = deliveries.account()
  const first = page('e3f0.2', [entry(1), entry(2)], { more: true })
  expect(fresh.page(first, 0, first.length)).toBe(true)
  expect(fresh.cursor).toBe('e3f0.2')
  const empty = page('e3f0.2', [])
  expect(fresh.page(empty, 0, empty.length)).toBe(false)
  const gap = page('e3f0.4', [entry(4)], { gap: true })
  fresh.page(gap, 0, gap.length)
  expect(fresh.cursor).toBe('e3f0.4')
  expect(deliveries.outstanding).toBe(0)
  expect(deliveries.read()).toMatchObject({ delivered: 7, lost: 1, duplicated: 0, reordered: 0 })
  expect(readers[1].cursor).toBe('e3f0.4')
})
