import { expect, test } from 'vitest'
import { frame, TEXT } from '../../support/frames.ts'
import { until } from '../../support/until.ts'
import { setStage } from '../stage.ts'
import { entryText, http, speak } from './raw.ts'

/** WebSocket, byte for byte: a server's frames are not masked, ours must be (RFC 6455 §5.1). */
const heads = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  // The example of RFC 6455 §1.3, whose answer is printed there.
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]
const switching = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  '',
  '',
].join('\r\n')

const down = (text: string) => frame(TEXT, text, { masked: false }).toString('latin1')
const up = (command: object) => frame(TEXT, JSON.stringify(command))

async function stageWith(count: number, entriesPerRoom = 100) {
  const stage = await setStage({ entriesPerRoom })
  const receipts = await stage.fill('lobby', count)
  const epoch = (await stage.log.after('lobby', '0', 1)).cursor.slice(0, 4)
  const entries = receipts.map((receipt) => down(`{"entry":${entryText(receipt, `line ${receipt.seq}`)}}`))
  const wire = await speak(stage.server.port)
  const open = async (path: string, extra: string[] = []) => {
    wire.send(http(`GET ${path}`, [...heads, ...extra]))
    expect(await wire.upTo('\r\n\r\n')).toBe(switching)
  }
  const hear = async (story: string) => {
    await until('the frames are here', () => wire.text.length >= story.length)
    expect(wire.text).toBe(story)
    await wire.upTo(story)
  }
  return { ...stage, epoch, entries, wire, open, hear }
}

test('a room in the URL: the handshake, joined, backlog, then each entry as it comes', async () => {
  const { open, hear, epoch, entries, fill } = await stageWith(2)
  // No compression is agreed to, also when it is offered.
  await open('/websocket/lobby', ['Sec-WebSocket-Extensions: permessage-deflate'])
  await hear(down(`{"joined":"lobby","cursor":"${epoch}.0"}`) + entries.join(''))
  const [third] = await fill('lobby', 1)
  if (!third) throw new Error('nothing was filled')
  await hear(down(`{"entry":${entryText(third, 'line 3')}}`))
})

test('a cursor in the URL: joined, gap, entries', async () => {
  const { open, hear, epoch, entries } = await stageWith(5, 2)
  await open(`/websocket/lobby?after=${epoch}.1`)
  await hear(
    down(`{"joined":"lobby","cursor":"${epoch}.1"}`) +
      down(`{"gap":"lobby","cursor":"${epoch}.3"}`) +
      entries.slice(3).join(''),
  )
})

test('join in a frame, with a cursor, without one, with null', async () => {
  const { open, hear, wire, epoch, entries } = await stageWith(3)
  await open('/websocket')
  wire.send(up({ join: 'lobby', after: `${epoch}.2` }))
  await hear(down(`{"joined":"lobby","cursor":"${epoch}.2"}`) + entries.slice(2).join(''))
  wire.send(up({ join: 'lobby' }))
  await hear(down(`{"joined":"lobby","cursor":"${epoch}.0"}`) + entries.join(''))
  wire.send(up({ join: 'lobby', after: null }))
  await hear(down(`{"joined":"lobby","cursor":"${epoch}.0"}`) + entries.join(''))
  wire.send(up({ leave: 'lobby' }))
  await hear(down('{"left":"lobby"}'))
  wire.send(up({ join: 'lobby', after: '' }))
  await hear(
    down(
      '{"error":{"code":"bad-cursor","message":"\\"after\\" must be one cursor as the server gave it, like \\"k3f9.42\\", or \\"0\\" for all that is kept."}}',
    ),
  )
})

test('publish: a receipt, its repeat, a conflict, no draft at all', async () => {
  const { open, hear, wire, log } = await stageWith(0)
  await open('/websocket?client=ada')
  wire.send(up({ publish: { text: 'hi', id: 'a1-7' }, room: 'lobby' }))
  await until('the receipt is here', () => wire.text !== '')
  const { entries } = await log.after('lobby', '0', 1)
  const receipt = down(`{"receipt":{"id":"a1-7","seq":1,"at":${entries[0]?.at},"stored":"memory"}}`)
  await hear(receipt)
  wire.send(up({ publish: { text: 'hi', id: 'a1-7' }, room: 'lobby' }))
  await hear(receipt)
  wire.send(up({ publish: { text: 'ho', id: 'a1-7' }, room: 'lobby' }))
  await hear(
    down(
      '{"error":{"code":"id-taken","message":"You published something else as \\"a1-7\\" before. Choose another id.","id":"a1-7"}}',
    ),
  )
  wire.send(up({ publish: { text: 7, id: 'a1-8' }, room: 'lobby' }))
  await hear(
    down(
      '{"error":{"code":"bad-draft","message":"\\"text\\" must be a string of 1 to 4,000 code points of well-formed Unicode, without NUL.","id":"a1-8"}}',
    ),
  )
  wire.send(up({ publish: { text: 'hi' } }))
  await hear(
    down(
      '{"error":{"code":"bad-room","message":"Say the room: {\\"publish\\":{…},\\"room\\":\\"lobby\\"}."}}',
    ),
  )
})

test('where the URL named a room, a draft need not', async () => {
  const { open, hear, wire, epoch, log } = await stageWith(0)
  await open('/websocket/lobby')
  await hear(down(`{"joined":"lobby","cursor":"${epoch}.0"}`))
  wire.send(up({ publish: { text: 'hi', id: '1' } }))
  await until('both are here', () => /receipt.*entry/s.test(wire.text))
  const { entries } = await log.after('lobby', '0', 1)
  const [entry] = entries
  if (!entry) throw new Error('nothing was published')
  await hear(
    down(`{"receipt":{"id":"1","seq":1,"at":${entry.at},"stored":"memory"}}`) +
      down(`{"entry":${entryText(entry, 'hi')}}`),
  )
})
