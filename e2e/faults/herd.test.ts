import { expect, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { setStage } from '../conformance/stage.ts'
import { until } from '../support/until.ts'
import { linkTo, openLane, openLanes, returns, settled } from './lanes.ts'

test('300 clients dropped at once come back spread out, none refused, nothing lost', async () => {
  const { server, fill } = await setStage()
  const link = await linkTo(server.port)
  const herd = Array.from({ length: 300 }, (_, n) =>
    openLane(transportNames[n % transportNames.length] ?? 'sse', link.url, {
      client: `herd-${n}`,
      interval: 1,
      wait: 20,
    }),
  )
  const beside = await openLanes(server.url)
  await settled(herd)
  const receipts = await fill('lobby', 2)
  await Promise.all(herd.map((lane) => lane.has(2)))

  link.cut('rst')
  // Nobody is let in again until all have been turned away at least once.
  link.refuse(60_000)
  receipts.push(...(await fill('lobby', 3)))
  await until('all have noticed', () => herd.every((lane) => returns(lane) > 0))
  link.refuse(0)
  await settled(herd)
  for (const lane of herd) {
    await lane.has(5)
    expect(lane.gaps).toEqual([])
    expectNothingLost(lane, receipts)
    expect(lane.statuses.some(({ state }) => state === 'closed')).toBe(false)
  }

  for (const lane of beside) {
    await lane.has(5)
    expectNothingLost(lane, receipts)
    expect(returns(lane)).toBe(0)
  }

  // The wait of each is its own. (Socket.IO's client does not tell its; it draws them likewise.)
  const first = herd.flatMap(({ statuses }) => {
    const status = statuses.find(({ state }) => state === 'reconnecting')
    return status?.state === 'reconnecting' && status.inMs !== undefined ? [status.inMs] : []
  })
  expect(first.length).toBeGreaterThanOrEqual(240)
  expect(new Set(first).size).toBeGreaterThan(first.length * 0.99)
  const quarters = [0, 1, 2, 3].map(
    (quarter) => first.filter((ms) => Math.floor(ms / 62.5) === quarter).length,
  )
  for (const count of quarters) expect(count).toBeGreaterThan(first.length / 16)
})
