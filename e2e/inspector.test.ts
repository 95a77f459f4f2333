import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TransportName, transportNames } from '../server/contract/transports.ts'
import { startLink } from '../server/link/link.ts'
import { dissect } from '../web/inspector/dissect.ts'
import { type Message, sums } from '../web/inspector/message.ts'
import { rowsOf } from '../web/inspector/rows.ts'
import { connectReader } from './support/client.ts'
import { startServer, type TestServer } from './support/server.ts'
import { startTee, type Tee } from './support/tee.ts'
import { until } from './support/until.ts'

/** The inspector against the meter: what one reads off the bytes, the other counts at the server's sockets. */
let server: TestServer
let tee: Tee

beforeEach(async () => {
  server = await startServer()
  tee = await startTee(server.port)
})

afterEach(async () => {
  await tee.close()
  await server.close()
})

describe.each(transportNames)('over %s', (name) => {
  test('the shading adds up to the meter’s figures, kind by kind, both ways', async () => {
    for (let n = 0; n < 3; n++)
      await server.app.inject({ method: 'POST', url: '/sse/lobby', payload: { text: `before ${n}` } })
    const reader = connectReader(name, { url: tee.url, client: 'ada' })
    await reader.open()
    for (let n = 0; n < 5; n++)
      await reader.publish({ text: `line ${n} … ünïcode 🙂`, id: `d-${n}`, sentAt: 1.5 })
    await reader.publish({ text: 'x'.repeat(200) })
    await reader.publish({ text: '' }).catch(() => {})
    await reader.publish({ text: 'another', id: 'd-0' }).catch(() => {})
    await reader.has(9)
    if (name === 'socket-io')
      await until('it has moved to a WebSocket', () =>
        reader.statuses.some((s) => 'via' in s && s.via === 'websocket'),
      )
    reader.close()
    await settled(name)

    const messages = tee.connections.flatMap(dissect)
    const shaded = sums(messages)
    const tally = (await server.meter('ada'))[name]
    const metered = (way: 'In' | 'Out') => {
      const payload = tally[`payloadBytes${way}`]
      const head = tally[`headBytes${way}`]
      const control = tally[`controlBytes${way}`]
      return { payload, head, control, framing: tally[`bytes${way}`] - payload - head - control }
    }
    expect(shaded).toEqual({ client: metered('In'), server: metered('Out') })
    expect(tally.payloadBytesIn).toBeGreaterThan(0)
    expect(tally.payloadBytesOut).toBeGreaterThan(0)
    expect(messages.filter(({ title }) => title.startsWith('raw bytes'))).toEqual([])
    expect(carried(messages)).toBe(9)
  })
})

test('a link’s capture of one lane is taken apart like any other', async () => {
  const link = await startLink({ to: { host: '127.0.0.1', port: server.port }, conditions: {} })
  try {
    const reader = connectReader('sse', { url: `http://127.0.0.1:${link.port}`, client: 'ada' })
    await reader.open()
    await reader.publish({ text: 'hi' })
    await reader.has(1)
    const rows = rowsOf(link.capture('ada'))
    reader.close()
    const titles = rows.map(({ message }) => message.title)
    expect(titles).toContain('event joined')
    expect(titles).toContain('event, entry 1')
    expect(titles).toContain('POST /sse/lobby?client=ada · draft')
    expect(titles.filter((title) => title.startsWith('raw bytes'))).toEqual([])
    const entry = rows.find(({ message }) => message.title === 'event, entry 1')
    expect(Buffer.from(entry?.bytes ?? []).toString()).toContain('"text":"hi"')
  } finally {
    await link.close()
  }
})

/** Entries that the server said, by their shading. */
const carried = (messages: readonly Message[]) =>
  messages.flatMap(({ segments }) => segments.filter(({ name }) => name === 'entry')).length

/** Until the meter has entered what the tee saw. */
const settled = (name: TransportName) =>
  until('meter and tee agree', async () => {
    const { bytesIn, bytesOut } = (await server.meter())[name]
    const seen = { client: 0, server: 0 }
    for (const { chunks } of tee.connections)
      for (const { from, bytes } of chunks) seen[from] += Buffer.from(bytes, 'base64').length
    return bytesIn === seen.client && bytesOut === seen.server
  })
