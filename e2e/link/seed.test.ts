import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type End, startWire } from './wire.ts'

/** Time stands still but for us, so a delay is what was drawn, and not what the machine made of it. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** The sockets are real, and take no time of ours. */
async function turns(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** Two connections through a link with this seed, past the round trip for which a new one's first bytes wait. */
async function dialTwo(seed: number) {
  const { dial } = await startWire({ conditions: { rtt: 40, jitter: 500 }, seed })
  const both = (async () => [await dial(), await dial()] as const)()
  let dialled = false
  void both.then(() => {
    dialled = true
  })
  await turns(() => {
    vi.advanceTimersByTime(5)
    return dialled
  })
  vi.advanceTimersByTime(40)
  return both
}

/** How long each of ten chunks takes from one end to the other, in ms. */
async function delays(from: End, to: End): Promise<number[]> {
  const times: number[] = []
  for (let n = 1; n <= 10; n++) {
    const said = performance.now()
    from.socket.write('x')
    await turns(() => vi.getTimerCount() === 1)
    vi.advanceTimersToNextTimer()
    await turns(() => to.received.length === n)
    times.push(performance.now() - said)
  }
  return times
}

/** Those of both directions of two connections of a link. */
async function schedule(seed: number): Promise<number[][]> {
  const [one, two] = await dialTwo(seed)
  return [
    await delays(one.client, one.server),
    await delays(one.server, one.client),
    await delays(two.server, two.client),
    await delays(two.client, two.server),
  ]
}

test('links of one seed delay the same bytes alike, those of another do not', async () => {
  const first = await schedule(7)
  expect(await schedule(7)).toEqual(first)
  const other = await schedule(8)
  for (const [index, times] of first.entries()) expect(other[index]).not.toEqual(times)

  // What was drawn is half the round trip and up to the jitter, and no stream is another's.
  for (const ms of first.flat()) {
    expect(ms).toBeGreaterThanOrEqual(20)
    expect(ms).toBeLessThanOrEqual(520)
  }
  expect(new Set(first.map((times) => times.join())).size).toBe(4)
})

test('what a connection draws does not depend on when the others speak', async () => {
  const inTurn = await schedule(7)
  const [, two] = await dialTwo(7)
  expect(await delays(two.client, two.server)).toEqual(inTurn[3])
})
