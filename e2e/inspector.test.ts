import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TransportName, transportNames } from '../server/contract/transports.ts'
import type { Page } from '../server/contract/wire.ts'
import { startLink } from '../server/link/link.ts'
import { dissect } from '../web/inspector/dissect.ts'
import { type Message, sums } from '../web/inspector/message.ts'
import { rowsOf } from '../web/inspector/rows.ts'
import { connectReader } from './support/client.ts'
import { startServer, type TestServer } from './support/server.ts'
import { shadingOf } from './support/shading.ts'
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
    const tally = (await server.meter('ada'))[name]
    expect(sums(messages)).toEqual(shadingOf(tally))
    expect(tally.payloadBytesIn).toBeGreaterThan(0)
    expect(tally.payloadBytesOut).toBeGreaterThan(0)
    expect(messages.filter(({ title }) => title.startsWith('raw bytes'))).toEqual([])
    expect(carried(messages)).toBe(9)
  })

  test('so it does whatever is said, heard or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const server = await startServer()
        const tee = await startTee(server.port)
        const reader = connectReader(name, { url: tee.url, client: 'ada', after: '0' })
        try {
          await reader.open()
          for (const { does, text, id } of steps) {
            if (does === 'hears') {
              await server.app.inject({ method: 'POST', url: '/sse/lobby', payload: { text } })
            } else {
              // A NUL makes it a draft that is refused, and an id that was used may do.
              const draft = { text: does === 'errs' ? `${text}\0` : text, ...(id !== undefined && { id }) }
              await reader.publish(draft).catch(() => {})
            }
          }
          const { entries } = (await server.app.inject('/short-polling/lobby?after=0')).json() as Page
          await reader.has(entries.length)
        } finally {
          reader.close()
        }
        await settled(name, server, tee)
        const messages = tee.connections.flatMap(dissect)
        expect(sums(messages)).toEqual(shadingOf((await server.meter('ada'))[name]))
        expect(messages.filter(({ title }) => title.startsWith('raw bytes'))).toEqual([])
        await tee.close()
        await server.close()
      }),
      { numRuns: 15 },
    )
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

/** What somebody does on a lane. */
const step = fc.record({
  does: fc.constantFrom('hears', 'says', 'says', 'errs'),
  text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }).filter((text) => !text.includes('\0')),
  id: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
})

/** Until the meter has entered what the tee saw. */
const settled = (name: TransportName, of: TestServer = server, by: Tee = tee) =>
  until('meter and tee agree', async () => {
    const { bytesIn, bytesOut } = (await of.meter())[name]
    const seen = { client: 0, server: 0 }
    for (const { chunks } of by.connections)
      for (const { from, bytes } of chunks) seen[from] += Buffer.from(bytes, 'base64').length
    return bytesIn === seen.client && bytesOut === seen.server
  })
