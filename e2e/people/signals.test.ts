import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Room } from '../../server/contract/people.ts'
import { transportNames } from '../../server/contract/transports.ts'
import { connectReader } from '../support/client.ts'
import { openRoom, startSession, type TestPerson } from '../support/people.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** What two people exchange to find each other (WebRTC): entries like others, in their direct room alone. */

let server: TestServer
let ada: TestPerson
let bob: TestPerson
let direct: Room

beforeAll(async () => {
  server = await startServer()
  ada = await startSession(server.url, 'Ada')
  bob = await startSession(server.url, 'Bob')
  direct = await ada.room('POST', '/rooms', { with: bob.id })
})
afterAll(() => server.close())

function read(name: (typeof transportNames)[number], token: string, room = direct.room) {
  const reader = connectReader(name, { url: server.url, room, token })
  onTestFinished(reader.close)
  return reader
}

test.each(transportNames)(
  '%s: a signal reaches the other, and is one however often it is sent',
  async (name) => {
    const author = read(name, ada.token)
    const other = read(name, bob.token)
    await author.open()
    await other.open()
    const id = `offer-${name}`
    const signal = { kind: 'signal', id, data: { type: 'offer', sdp: 'v=0\r\n' }, to: bob.id } as const
    const receipt = await author.publish(signal)
    expect(await author.publish(signal)).toEqual(receipt)
    await author.publish({ text: 'after it' })
    await other.has(receipt.seq + 1)
    expect(other.entries.filter((entry) => entry.id === id)).toEqual([
      {
        room: direct.room,
        seq: receipt.seq,
        at: receipt.at,
        ...signal,
        text: '',
        from: { name: 'Ada', id: ada.id },
      },
    ])
    const other409 = { code: 'id-taken' }
    await expect(author.publish({ ...signal, data: { type: 'answer' } })).rejects.toMatchObject(other409)
    await expect(author.publish({ id, text: 'hi' })).rejects.toMatchObject(other409)
  },
)

test.each(transportNames)(
  '%s: what is no signal, or has no place here, is refused with what to do',
  async (name) => {
    const { room } = await openRoom(ada, bob)
    for (const elsewhere of ['lobby', room]) {
      const lane = read(name, ada.token, elsewhere)
      await lane.open()
      await expect(lane.publish({ kind: 'signal', data: {} })).rejects.toMatchObject({
        code: 'bad-draft',
        message: expect.stringContaining('POST /rooms'),
      })
    }
    const author = read(name, ada.token)
    await author.open()
    const refused: object[] = [
      { kind: 'signal' },
      { kind: 'signal', text: 'hi' },
      { kind: 'signal', data: 'x'.repeat(16 * 1024 - 1) },
      { kind: 'signal', data: {}, to: 'Bob' },
      { kind: 'notice', text: 'hi' },
      { data: {} },
    ]
    for (const draft of refused)
      await expect(author.publish(draft)).rejects.toMatchObject({ code: 'bad-draft' })
    await author.publish({ kind: 'signal', data: 'x'.repeat(16 * 1024 - 2) })
  },
)
