import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conditions } from '../../server/contract/link.ts'
import { until } from '../support/until.ts'
import { endOf, linkTo, startWire } from './wire.ts'

/** Conditions of little delay: what is looked at is the order and the whole, not the time. */
const conditions: fc.Arbitrary<Conditions> = fc.record(
  {
    rtt: fc.double({ min: 0, max: 6, noNaN: true }),
    jitter: fc.double({ min: 0, max: 6, noNaN: true }),
    bandwidth: fc.integer({ min: 5_000_000, max: 50_000_000 }),
    buffer: fc.record({ bytes: fc.integer({ min: 1, max: 5_000 }), ms: fc.integer({ min: 1, max: 8 }) }),
    refuseUpgrade: fc.boolean(),
    idleCut: fc.constant(60),
  },
  { requiredKeys: [] },
)

/** What two connections' kernels and a link may hold: kernels up to 6 MB each way here, 32 MB on some machines. */
const MOST = 128 * 1024 * 1024

/** Any bytes, HTTP that is torn anywhere, or much of them. */
const said = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 200 }),
    fc
      .constantFrom(
        'GET /?client=a HTTP/1.1\r\n',
        '\r\n',
        'Content-Length: 3\r\n',
        'HTTP/1.1 200 OK\r\n',
        '5\r\nabc',
      )
      .map((text) => Buffer.from(text)),
    fc.integer({ min: 1, max: 300_000 }).map((size) => Buffer.alloc(size, size)),
  ),
  { maxLength: 12 },
)

describe('a link is exact', () => {
  test('whatever its conditions, what each side says arrives whole, in order, and with its end', async () => {
    await fc.assert(
      fc.asyncProperty(conditions, fc.nat(), said, said, async (conditions, seed, up, down) => {
        const wire = await startWire({ conditions, seed })
        const { client, server } = await wire.dial()
        for (let n = 0; n < Math.max(up.length, down.length); n++) {
          if (up[n]) client.socket.write(up[n] as Uint8Array)
          if (down[n]) server.socket.write(down[n] as Uint8Array)
          if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
        }
        client.socket.end()
        server.socket.end()
        await until('both ends are told', () => client.told === 'fin' && server.told === 'fin')
        expect(server.received.equals(Buffer.concat(up))).toBe(true)
        expect(client.received.equals(Buffer.concat(down))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('the end of one side leaves the other free to speak', async () => {
    const wire = await startWire({ conditions: { rtt: 4 } })
    const { client, server } = await wire.dial()
    client.socket.end('that is all')
    await until('the server has heard the end', () => server.told === 'fin')
    expect(server.received.toString()).toBe('that is all')
    server.socket.write('not from me')
    await until('the client still hears', () => client.received.toString() === 'not from me')
    expect(client.told).toBe('nothing')
  })

  test.each(['client', 'server'] as const)('a reset by the %s is a reset for the other', async (who) => {
    const wire = await startWire({ conditions: { rtt: 4 } })
    const ends = await wire.dial()
    const other = ends[who === 'client' ? 'server' : 'client']
    ends[who].socket.write('last words')
    await until('they were heard', () => other.received.length > 0)
    ends[who].socket.resetAndDestroy()
    await until('the other is told', () => other.told === 'rst')
    expect(wire.link.capture().connections).toMatchObject([{ closedBy: who }])
    await until('nothing is left of it', () => wire.link.open === 0)
  })

  test('a client that cannot reach the server is reset', async () => {
    const wire = await startWire()
    const link = await linkTo(wire.link.port)
    await wire.link.close()
    const socket = connect(link.port, '127.0.0.1')
    const client = endOf(socket)
    await until('it is told', () => client.told === 'rst')
  })

  test.each([
    { name: 'clear', conditions: {} },
    { name: '200 ms away', conditions: { rtt: 200 } },
    { name: 'narrow', conditions: { rtt: 20, bandwidth: 1_000_000 } },
  ])('$name: a sink that takes nothing makes the source wait', async ({ conditions }) => {
    const wire = await startWire({ conditions })
    const { client, server } = await wire.dial()
    client.socket.pause()
    const chunk = Buffer.alloc(64 * 1024)
    let written = 0
    let settled = 0
    // At full speed, until nothing has been taken for a while: the link and all kernels are full.
    await until('the source is made to wait', async () => {
      while (server.socket.writableLength < 1024 * 1024) {
        server.socket.write(chunk)
        written += chunk.length
        settled = 0
      }
      // The link holds a megabyte; the kernels, of two connections, some more each.
      if (written > MOST) throw new Error(`The link took ${written} bytes that nobody wanted`)
      await new Promise((resolve) => setTimeout(resolve, 20))
      return ++settled >= 25
    })
    client.socket.resume()
    await until('all of it arrives', () => client.received.length === written)
  })
})
