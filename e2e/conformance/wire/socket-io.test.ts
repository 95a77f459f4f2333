import { expect, test } from 'vitest'
import { setStage } from '../stage.ts'
import { entryText, http, speak } from './raw.ts'

/**
 * Socket.IO over Engine.IO's polling, byte for byte: `4` is a message; then `0` connect, `2` event, `3` acknowledgement;
 * packets of one payload are parted by U+001E (Engine.IO protocol v4).
 */
async function stageWith(count: number, entriesPerRoom = 100) {
  const stage = await setStage({ entriesPerRoom })
  const receipts = await stage.fill('lobby', count)
  const epoch = (await stage.log.after('lobby', '0', 1)).cursor.slice(0, 4)
  const entries = receipts.map((receipt) => `42/chat,["entry",${entryText(receipt, `line ${receipt.seq}`)}]`)

  const wire = await speak(stage.server.port)
  const base = '/socket.io/?EIO=4&transport=polling&client=ada'
  wire.send(http(`GET ${base}`))
  const { head, body } = await answerOn(wire)
  const { sid } = JSON.parse(body.slice(1)) as { sid: string }
  const url = `${base}&sid=${sid}`
  return {
    ...stage,
    epoch,
    entries,
    sid,
    opened: { head, body },
    async post(packets: string) {
      const line = await speak(stage.server.port)
      line.send(
        http(`POST ${url}`, [
          'Content-Type: text/plain;charset=UTF-8',
          `Content-Length: ${Buffer.byteLength(packets)}`,
        ]) + packets,
      )
      return answerOn(line)
    },
    /** The packets of the next polls, as many as are awaited. */
    async packets(count: number) {
      const packets: string[] = []
      while (packets.length < count) {
        wire.send(http(`GET ${url}`))
        packets.push(...(await answerOn(wire)).body.split('\x1e'))
      }
      return packets
    },
  }
}

async function answerOn(wire: Awaited<ReturnType<typeof speak>>) {
  const head = await wire.upTo('\r\n\r\n')
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
  while (wire.text.length < length) await new Promise((resolve) => setTimeout(resolve, 1))
  const body = await wire.upTo(wire.text.slice(0, length))
  return { head, body: Buffer.from(body, 'latin1').toString() }
}

test('the handshake offers websocket, and no answer is compressed', async () => {
  const { opened, sid, post, packets } = await stageWith(0)
  expect(opened.body).toBe(
    `0{"sid":"${sid}","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":65536}`,
  )
  expect(opened.head).toBe(
    [
      'HTTP/1.1 200 OK',
      'Content-Type: text/plain; charset=UTF-8',
      `Content-Length: ${opened.body.length}`,
      'cache-control: no-store',
      'Date: now',
      'Connection: keep-alive',
      'Keep-Alive: timeout=72',
      '',
      '',
    ].join('\r\n'),
  )
  expect((await post('40/chat,')).body).toBe('ok')
  const [connected] = await packets(1)
  expect(connected).toMatch(/^40\/chat,\{"sid":"[\w-]{20}"\}$/)
})

test('join: the acknowledgement, then entries as events', async () => {
  const { post, packets, epoch, entries, fill } = await stageWith(2)
  await post('40/chat,')
  await packets(1)
  await post('42/chat,0["join",{"room":"lobby"}]')
  expect(await packets(3)).toEqual([`43/chat,0[{"room":"lobby","cursor":"${epoch}.0"}]`, ...entries])
  const [third] = await fill('lobby', 1)
  if (!third) throw new Error('nothing was filled')
  expect(await packets(1)).toEqual([`42/chat,["entry",${entryText(third, 'line 3')}]`])
})

test('join with a lost cursor: acknowledgement, gap, entries', async () => {
  const { post, packets, epoch, entries } = await stageWith(5, 2)
  await post('40/chat,')
  await packets(1)
  await post(`42/chat,0["join",{"room":"lobby","after":"${epoch}.1"}]`)
  expect(await packets(4)).toEqual([
    `43/chat,0[{"room":"lobby","cursor":"${epoch}.1"}]`,
    `42/chat,["gap",{"room":"lobby","cursor":"${epoch}.3"}]`,
    ...entries.slice(3),
  ])
})

test('null is no cursor, leave is acknowledged, errors come in the acknowledgement', async () => {
  const { post, packets, epoch, entries } = await stageWith(1)
  await post('40/chat,')
  await packets(1)
  await post('42/chat,1["join",{"room":"lobby","after":null}]')
  expect(await packets(2)).toEqual([`43/chat,1[{"room":"lobby","cursor":"${epoch}.0"}]`, ...entries])
  await post('42/chat,2["leave",{"room":"lobby"}]')
  expect(await packets(1)).toEqual(['43/chat,2[{"room":"lobby"}]'])
  await post('42/chat,3["join",{"room":"lobby","after":""}]')
  expect(await packets(1)).toEqual([
    '43/chat,3[{"error":{"code":"bad-cursor","message":"\\"after\\" must be one cursor as the server gave it, like \\"k3f9.42\\", or \\"0\\" for all that is kept."}}]',
  ])
})

test('publish: the receipt, its repeat and a conflict in the acknowledgement', async () => {
  const { post, packets, log } = await stageWith(0)
  await post('40/chat,')
  await packets(1)
  await post('42/chat,0["publish",{"room":"lobby","draft":{"text":"hi 🙂","id":"a1-7"}}]')
  const [receipt] = await packets(1)
  const { entries } = await log.after('lobby', '0', 1)
  expect(receipt).toBe(`43/chat,0[{"id":"a1-7","seq":1,"at":${entries[0]?.at},"stored":"memory"}]`)
  await post('42/chat,1["publish",{"room":"lobby","draft":{"text":"hi 🙂","id":"a1-7"}}]')
  expect(await packets(1)).toEqual([receipt?.replace('chat,0', 'chat,1')])
  await post('42/chat,2["publish",{"room":"lobby","draft":{"text":"ho","id":"a1-7"}}]')
  expect(await packets(1)).toEqual([
    '43/chat,2[{"error":{"code":"id-taken","message":"You published something else as \\"a1-7\\" before. Choose another id."}}]',
  ])
  expect(entries.map(({ text }) => text)).toEqual(['hi 🙂'])
})
