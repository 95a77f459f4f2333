import type { Tallies } from '../../server/contract/meter.ts'
import { transportNames } from '../../server/contract/transports.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'
import { expect, test } from './test.ts'

test('the meter counts what a real Chromium sends and receives, to the byte', async ({ page, server }) => {
  const proxy = await startProxy(server.port)
  // Asked past the sockets, so that the question itself is not counted.
  const tallies = async () => (await server.app.inject('/meter')).json() as Tallies
  const sum = (of: Tallies, field: 'bytesIn' | 'bytesOut') =>
    Object.values(of).reduce((bytes, tally) => bytes + tally[field], 0)

  await page.goto(`${proxy.url}/#rate=20&every=0.25`)
  for (const name of transportNames) {
    await expect(page.locator(`[data-lane="${name}"]`)).toHaveAttribute('data-state', 'open')
  }
  await page.getByRole('button', { name: 'Run' }).click()
  await until('every lane has carried fifty entries', async () => {
    const now = await tallies()
    return transportNames.every((name) => now[name].entriesOut >= 50)
  })
  await page.getByRole('button', { name: 'Pause' }).click()

  let difference = { in: Number.NaN, out: Number.NaN }
  await until('meter and proxy agree, between two polls', async () => {
    const now = await tallies()
    difference = { in: sum(now, 'bytesIn') - proxy.up, out: sum(now, 'bytesOut') - proxy.down }
    return difference.in === 0 && difference.out === 0
  }).catch(() => {})
  expect(difference).toEqual({ in: 0, out: 0 })

  const now = await tallies()
  for (const name of transportNames) {
    const tally = now[name]
    expect(tally.headBytesIn, name).toBeGreaterThan(300)
    expect(tally.headBytesOut + tally.controlBytesOut + tally.payloadBytesOut, name).toBeLessThanOrEqual(
      tally.bytesOut,
    )
    expect(tally.headBytesIn + tally.controlBytesIn + tally.payloadBytesIn, name).toBeLessThanOrEqual(
      tally.bytesIn,
    )
  }
  await page.close()
  await proxy.close()
})
