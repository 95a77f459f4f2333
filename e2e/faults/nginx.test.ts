import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { expectNothingLost } from '../conformance/oracle.ts'
import { setStage } from '../conformance/stage.ts'
import { startKindProxy } from '../support/kind-proxy.ts'
import { findNginx, startNginx } from '../support/nginx.ts'
import { until } from '../support/until.ts'
import { ask, dial, post, request } from '../support/wire.ts'
import { openLane, openLanes, returns, settled } from './lanes.ts'

/**
 * A proxy that buffers until it is asked not to: our headers ask. nginx as it comes, where there is one, and in any case
 * a proxy that follows the same rule.
 */
const nginx = findNginx()
const proxies = [
  {
    name: 'a proxy that can be asked',
    start: startKindProxy,
    startDeaf: (port: number) => startKindProxy(port, true),
  },
  ...(nginx === undefined
    ? []
    : [
        {
          name: 'nginx',
          start: (port: number) => startNginx(nginx, port),
          startDeaf: (port: number) => startNginx(nginx, port, 'proxy_ignore_headers X-Accel-Buffering;'),
        },
      ]),
]

const follow = async (port: number) => {
  const wire = await dial(port)
  wire.send(request('GET', '/sse/lobby'))
  return wire
}

describe.each(proxies)('behind $name', ({ start, startDeaf }) => {
  test('the first event is there in less than 100 ms, and so is an entry', async () => {
    const { server, fill } = await setStage()
    const proxy = await start(server.port)
    // The control: one that does not listen has nothing to show while the other has all of it.
    const held = await follow((await startDeaf(server.port)).port)
    const times: { first: number; entry: number }[] = []
    for (let n = 1; n <= 10; n++) {
      const asked = performance.now()
      const wire = await follow(proxy.port)
      await until('it has joined', () => wire.received.includes('event: joined'))
      const published = performance.now()
      const [receipt] = await fill('lobby', 1)
      await until('the entry is there', () => wire.received.includes(`"id":"${receipt?.id}"`))
      times.push({ first: published - asked, entry: performance.now() - published })
      wire.hangUp()
    }
    expect(held.received.toString()).not.toContain('data:')
    held.hangUp()
    const shown = (of: 'first' | 'entry') => times.map((each) => each[of].toFixed(1)).join(', ')
    console.log(`first event after ${shown('first')} ms; an entry after ${shown('entry')} ms`)
    // A busy machine delays some; a proxy that gathers delays all.
    expect(Math.min(...times.map(({ first }) => first))).toBeLessThan(100)
    expect(Math.min(...times.map(({ entry }) => entry))).toBeLessThan(100)
  })

  test('polls and SSE read and publish, and Socket.IO does by polling where there is no upgrade', async () => {
    const { server } = await setStage()
    const proxy = await start(server.port)
    const lanes = (['short-polling', 'long-polling', 'sse', 'socket-io'] as const).map((name) =>
      openLane(name, proxy.url, { wait: 1 }),
    )
    const webSocket = openLane('websocket', proxy.url)
    await Promise.all(lanes.map((lane) => lane.open()))
    const receipts = []
    for (const [n, lane] of lanes.entries()) receipts.push(await lane.publish({ id: `p-${n}`, text: 'hi' }))
    for (const lane of lanes) {
      await lane.has(4)
      expectNothingLost(lane, receipts)
      expect(returns(lane)).toBe(0)
    }
    expect(lanes[3]?.statuses.at(-1)).toMatchObject({ state: 'open', via: 'polling' })
    await until('WebSocket has tried', () => returns(webSocket) > 0)
    expect(webSocket.statuses.map(({ state }) => state)).not.toContain('open')
  })
})

if (nginx !== undefined) {
  test('with the lines that the README gives, all five lanes read, and a page of nginx’s origin may publish', async () => {
    const { server } = await setStage()
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const [, lines = ''] = /```nginx\n(.*?)```/s.exec(readme) ?? []
    const [, more = ''] = /proxy_pass [^;]*;(.*)\}/s.exec(lines) ?? []
    expect(more).toContain('proxy_set_header')
    const proxy = await startNginx(nginx, server.port, more)
    const fromPage = post('/sse/lobby', '{"id":"page","text":"hi"}', {
      Host: `127.0.0.1:${proxy.port}`,
      Origin: proxy.url,
    })
    expect((await ask(proxy.port, fromPage)).status).toBe(201)
    expect((await ask((await startNginx(nginx, server.port)).port, fromPage)).status).toBe(403)

    const lanes = await openLanes(proxy.url, { wait: 1 })
    const receipts = []
    for (const [n, lane] of lanes.entries()) receipts.push(await lane.publish({ id: `p-${n}`, text: 'hi' }))
    for (const lane of lanes) {
      await lane.has(6)
      expectNothingLost(lane, receipts)
      expect(returns(lane)).toBe(0)
    }
  })

  test('heartbeats keep a stream open that nginx would take for dead, and without them it is cut', async () => {
    const cutAfter = 'proxy_read_timeout 1s;'
    const beating = await setStage(undefined, { heartbeat: 300 })
    const still = await setStage(undefined, { heartbeat: 60_000 })
    const kept = openLane('sse', (await startNginx(nginx, beating.server.port, cutAfter)).url)
    const cut = openLane('sse', (await startNginx(nginx, still.server.port, cutAfter)).url)
    await settled([kept, cut])
    // Cut three times over, the other has been silent for three times as long as it may be.
    await until('the silent one is cut', () => returns(cut) >= 3)
    expect(returns(kept)).toBe(0)
    const receipts = await beating.fill('lobby', 1)
    await kept.has(1)
    expectNothingLost(kept, receipts)
  })
}
