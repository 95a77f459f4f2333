import { expect, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import type { Receipt } from '../../server/contract/wire.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import { insist } from '../support/client.ts'
import { until } from '../support/until.ts'
import { linkTo, openLane, returns, settled } from './lanes.ts'

/**
 * Connection reset: RST both ways, five times, under an author who goes on. (That it happens in mid-burst, between an
 * append and its receipt, is for the conformance suite.)
 */
test.each(transportNames)('%s notices a reset, resumes, and has lost nothing', async (name) => {
  const { log, server, fill } = await setStage()
  const link = await linkTo(server.port)
  // A short poll that is not being asked has nothing to notice; so this server takes its time to answer one.
  let reading = 0
  const { after } = log
  log.after = async (...args) => {
    reading++
    await new Promise((resolve) => setTimeout(resolve, 20))
    reading--
    return after(...args)
  }
  const lane = openLane(name, link.url)
  // Beside it those that hold a connection; a poll would be taken for the lane's own.
  const beside = (['sse', 'websocket', 'socket-io'] as const).map((other) =>
    openLane(other, server.url, { client: `beside-${other}` }),
  )
  await settled([lane, ...beside])

  const receipts: Receipt[] = []
  const times: number[] = []
  for (let n = 1; n <= 5; n++) {
    receipts.push(...(await fill('lobby', 3)), await insist(lane, { id: `before-${n}`, text: 'hi' }))
    await lane.has(receipts.length)
    await until(
      'there is something to reset',
      () => link.open > 0 && (name !== 'short-polling' || reading > 0),
    )

    const before = returns(lane)
    const cutAt = performance.now()
    expect(link.cut('rst')).toBeGreaterThan(0)
    receipts.push(...(await fill('lobby', 3)))
    await until('the reset is noticed', () => returns(lane) > before)
    times.push(performance.now() - cutAt)
    await settled([lane])
    await lane.has(receipts.length)
  }
  console.log(`${name}: resets noticed after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`)

  // Not one of five may be let off for being slow, but the machine may have been busy with something else.
  expect(times.toSorted((one, other) => one - other)[2]).toBeLessThan(50)
  expect(returns(lane)).toBeGreaterThanOrEqual(5)
  expect(lane.gaps).toEqual([])
  expectNothingLost(lane, receipts)
  expect(lane.entries).toEqual((await after('lobby', '0', 1_000)).entries)
  expect(await kept(log)).toHaveLength(receipts.length)
  for (const other of beside) {
    await other.has(receipts.length)
    expectNothingLost(other, receipts)
    expect(returns(other)).toBe(0)
  }
})
