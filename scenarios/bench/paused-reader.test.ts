import { expect, onTestFinished, test } from 'vitest'
import { setStage } from '../../e2e/conformance/stage.ts'
import { until } from '../../e2e/support/until.ts'
import { pausedClient, pauseReader, pushTransports } from './paused-reader.ts'

test.each(pushTransports)(
  '%s: one that pauses is cut and hears so, one that reads on is not',
  async (name) => {
    const { server, log } = await setStage()
    const pause = async () => {
      const reader = await pauseReader(name, server.url, 'lobby')
      onTestFinished(() => reader.close())
      return reader
    }
    const reading = await pause()
    expect(await reading.readOn(0)).toBeUndefined()
    const paused = await pause()
    const open = async () => (await server.meter(pausedClient(name)))[name].open
    // Socket.IO's polling connections end after its upgrade.
    await until('each has one connection', async () => (await open()) === 2)

    await until('one is cut', async () => {
      for (let n = 0; n < 50; n++) await log.append('lobby', { text: 'x'.repeat(4_000) }, undefined)
      return (await open()) === 1
    })
    expect(await reading.readOn(0)).toBeUndefined()
    expect(await paused.readOn(30)).toMatch(/closed|ECONNRESET|ended/)
  },
)
