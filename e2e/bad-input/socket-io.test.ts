import { io } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { bystanders } from '../support/bystanders.ts'
import { openEngine } from '../support/engine.ts'
import { BINARY, frame, handshake, openWebSocket, TEXT } from '../support/frames.ts'
import { tabulate } from '../support/table.ts'
import { until } from '../support/until.ts'
import { ask, request } from '../support/wire.ts'
import { badDrafts, oddDrafts, poisonedDrafts } from './drafts.ts'

const beside = bystanders()
const note = tabulate('Socket.IO')
/** The code of an error in an acknowledgement. */
const codeOf = (reply: unknown) =>
  (reply as { error?: { code: string } }).error?.code ?? JSON.stringify(reply)
const path = '/socket.io/?EIO=4&transport='
const nested = `${'['.repeat(6_000)}${']'.repeat(6_000)}`

describe('Engine.IO, asked for', () => {
  const requests: [string, number, Buffer][] = [
    ['an unknown transport', 0, request('GET', `${path}carrier-pigeon`)],
    ['the transport __proto__', 0, request('GET', `${path}__proto__`)],
    ['no transport', 0, request('GET', '/socket.io/?EIO=4')],
    ['WebTransport, which is not HTTP', 0, request('GET', `${path}webtransport`)],
    ['an unknown sid', 1, request('GET', `${path}polling&sid=nobody`)],
    ['the sid __proto__', 1, request('GET', `${path}polling&sid=__proto__`)],
    ['the sid constructor', 1, request('POST', `${path}polling&sid=constructor`, {}, '40')],
    ['a session by POST', 2, request('POST', `${path}polling`, {}, '40')],
    ['a WebSocket without an upgrade', 3, request('GET', `${path}websocket`)],
    ['protocol 3', 5, request('GET', '/socket.io/?EIO=3&transport=polling')],
    ['protocol 99', 5, request('GET', '/socket.io/?EIO=99&transport=polling')],
    ['no protocol', 5, request('GET', '/socket.io/?transport=polling')],
  ]
  test.each(requests)('%s, answers 400 with its code %i', async (name, code, bytes) => {
    const answer = await ask(beside.port, bytes)
    const found = JSON.parse(answer.body)
    note(name, `400, code ${code}`, `${answer.status}, code ${found.code}`)
    expect(answer.status).toBe(400)
    expect(found).toMatchObject({ code })
  })

  const upgrades: [string, Buffer][] = [
    ['an unknown transport', handshake(`${path}carrier-pigeon`)],
    ['an unknown sid', handshake(`${path}websocket&sid=nobody`)],
    ['no key', handshake(`${path}websocket`, { 'Sec-WebSocket-Key': undefined })],
  ]
  test.each(upgrades)('an upgrade with %s, answers 400', async (name, bytes) => {
    const { status } = await ask(beside.port, bytes)
    note(`an upgrade with ${name}`, '400', status)
    expect(status).toBe(400)
  })

  test('an upgrade of protocol 3, closes', async () => {
    const answer = await ask(beside.port, handshake('/socket.io/?EIO=3&transport=websocket'))
    expect([101, 400]).toContain(answer.status)
  })

  const strangers: [string, number, Record<string, string>][] = [
    ['a foreign Origin', 403, { Origin: 'https://evil.example' }],
    ['the Origin null', 403, { Origin: 'null' }],
    ['an unknown Host', 421, { Host: 'evil.example' }],
  ]
  test.each(strangers)(
    'by %s, answers %i on polling and upgrade, with and without a session',
    async (name, status, headers) => {
      const session = await openEngine(beside.url)
      const sid = `&sid=${session.sid}`
      const statuses = [
        await ask(beside.port, request('GET', `${path}polling`, headers)),
        await ask(beside.port, request('GET', `${path}polling${sid}`, headers)),
        await ask(beside.port, request('POST', `${path}polling${sid}`, headers, '42/chat,["leave"]')),
        await ask(beside.port, handshake(`${path}websocket`, headers)),
        await ask(beside.port, handshake(`${path}websocket${sid}`, headers)),
      ].map((answer) => answer.status)
      for (const actual of statuses) note(name, `${status}`, actual)
      expect(statuses).toEqual(Array(5).fill(status))
      // The session's owner does not notice.
      expect(await session.call('join', { room: 'quiet' })).toMatchObject({ room: 'quiet' })
      await session.close()
    },
  )
})

describe('a session over polling', () => {
  const packets: [string, string][] = [
    ['an unknown Engine.IO type', '9'],
    ['a letter where the type should be', 'x'],
    ['an empty packet between two', '3\x1e\x1e3'],
    ['an unknown Socket.IO type', '49/chat,'],
    ['no Socket.IO type', '4'],
    ['an event that is no JSON', '42/chat,["publish"'],
    ['an event that is no list', '42/chat,{"publish":1}'],
    ['an event without a name', '42/chat,[]'],
    ['an event whose name is a list', '42/chat,[["publish"]]'],
    ['an event whose name is null', '42/chat,[null]'],
    ['a reserved event, connect', '42/chat,["connect"]'],
    ['a reserved event, disconnect', '42/chat,["disconnect"]'],
    ['a reserved event, newListener', '42/chat,["newListener"]'],
    ['an event for a namespace not joined', '42/admin,["publish"]'],
    ['a CONNECT that is a list', '40/chat,[]'],
    ['a second CONNECT', '40/chat,'],
    ['a CONNECT_ERROR from the client', '44/chat,{"message":"no"}'],
    ['a DISCONNECT with a payload', '41/chat,{}'],
    ['more attachments than anybody sends', '45999999-/chat,["publish"]'],
    ['a negative number of attachments', '45-1-/chat,["publish"]'],
    [
      'attachments that never come, then an event',
      '451-/chat,["publish",{"_placeholder":true,"num":0}]\x1e42/chat,["leave"]',
    ],
    ['a placeholder beyond its attachments', '451-/chat,["publish",{"_placeholder":true,"num":9}]\x1ebAAAA'],
    [
      'a placeholder called __proto__',
      '451-/chat,["publish",{"_placeholder":true,"num":"__proto__"}]\x1ebAAAA',
    ],
    ['an attachment nobody announced', 'bAAAA'],
  ]
  test.each(packets)('%s closes it', async (name, packet) => {
    const session = await openEngine(beside.url)
    await session.post(packet)
    const isOver = await session.end().then(
      () => true,
      () => false,
    )
    note(name, 'closed', isOver ? 'closed' : 'open')
    expect(isOver).toBe(true)
  })

  test('packets of more than 64 kB are 413', async () => {
    const session = await openEngine(beside.url)
    const event = `42/chat,1["publish",{"room":"lobby","draft":{"text":"hi","x":"${'x'.repeat(65_536)}"}}]`
    const { status } = await session.post(event)
    note('packets of more than 64 kB', '413', status)
    expect(status).toBe(413)
    await session.close()
  })

  test('bytes where text is due are 400', async () => {
    const session = await openEngine(beside.url)
    const answer = await fetch(session.url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: '42/chat,["leave"]',
    })
    expect(answer.status).toBe(400)
    await session.end()
  })

  test('two polls at once are one too many', async () => {
    const session = await openEngine(beside.url)
    const statuses = (await Promise.all([fetch(session.url), fetch(session.url)])).map(({ status }) => status)
    expect(statuses).toContain(400)
    await session.end()
  })

  test('an unknown namespace is a connect error, and others can still be joined', async () => {
    for (const namespace of [
      '/admin',
      '/__proto__',
      '/constructor',
      '/lab/../chat',
      `/${'x'.repeat(1_000)}`,
    ]) {
      const session = await openEngine(beside.url, '')
      await session.post(`40${namespace},`)
      const packets = await session.poll()
      note(
        `the namespace ${namespace.slice(0, 20)}`,
        'connect error',
        packets?.[0]?.startsWith('44') ? 'connect error' : `${packets}`,
      )
      expect(packets).toEqual([`44${namespace},{"message":"Invalid namespace"}`])
      await session.post('40/chat,{"unknown":{"any":"thing"}}')
      expect((await session.poll())?.[0]).toMatch(/^40\/chat,/)
      await session.close()
    }
  })

  test('a CONNECT nested 6,000 deep is a connection like another', async () => {
    const session = await openEngine(beside.url, '')
    await session.post(`40/chat,{"unknown":${nested}}`)
    expect((await session.poll())?.[0]).toMatch(/^40\/chat,/)
    await session.close()
  })
})

describe('an event', () => {
  const wrong: [string, string, string][] = [
    ['publish without arguments', '["publish"]', 'bad-room'],
    ['publish of null', '["publish",null]', 'bad-room'],
    ['publish of a number', '["publish",7]', 'bad-room'],
    ['publish of a list', '["publish",["lobby"]]', 'bad-room'],
    ['publish of a string', '["publish","lobby"]', 'bad-room'],
    ['publish without a room', '["publish",{"draft":{"text":"hi"}}]', 'bad-room'],
    [
      'publish in a room called __proto__',
      '["publish",{"room":"__proto__","draft":{"text":"hi"}}]',
      'bad-room',
    ],
    ['publish in a room that is a list', '["publish",{"room":["lobby"],"draft":{"text":"hi"}}]', 'bad-room'],
    ['publish without a draft', '["publish",{"room":"lobby"}]', 'bad-room'],
    ['publish nested 6,000 deep', `["publish",${nested}]`, 'bad-draft'],
    [
      'publish inherited from __proto__',
      '["publish",{"__proto__":{"room":"lobby","draft":{"text":"hi"}}}]',
      'bad-draft',
    ],
    ['join without arguments', '["join"]', 'bad-room'],
    ['join of a string', '["join","lobby"]', 'bad-room'],
    ['join of a room in upper case', '["join",{"room":"LOBBY"}]', 'bad-room'],
    ['join nested 6,000 deep', `["join",{"room":"lobby","x":${nested}}]`, 'bad-draft'],
    ['leave of a number', '["leave",{"room":1}]', 'bad-room'],
  ]
  test.each(wrong)('%s has an error in its ack', async (name, json, code) => {
    const session = await openEngine(beside.url)
    const reply = await session.callRaw(json)
    note(name, code, codeOf(reply))
    expect(reply).toMatchObject({ error: { code } })
    await session.close()
  })

  test.each([...badDrafts, ...poisonedDrafts])(
    'publish of %s has bad-draft in its ack',
    async (name, json) => {
      const session = await openEngine(beside.url)
      const reply = await session.callRaw(`["publish",{"room":"lobby","draft":${json}}]`)
      note(`publish of ${name}`, 'bad-draft', codeOf(reply))
      expect(reply).toMatchObject({ error: { code: 'bad-draft' } })
      await session.close()
    },
  )

  test.each(oddDrafts)('publish of %s is taken as it is', async (name, json, text) => {
    const session = await openEngine(beside.url)
    const receipt = await session.callRaw(`["publish",{"room":"odd","draft":${json}}]`)
    note(`publish of ${name}`, 'a receipt', (receipt as { seq?: number }).seq ? 'a receipt' : codeOf(receipt))
    expect(receipt).toMatchObject({ seq: expect.any(Number), stored: 'memory' })
    const page = JSON.parse((await ask(beside.port, request('GET', '/short-polling/odd'))).body)
    expect(page.entries.at(-1)).toMatchObject({ id: (receipt as { id: string }).id, text })
    await session.close()
  })

  test.each([
    '7',
    '1e308',
    '"__proto__"',
    '"constructor"',
    '"hasOwnProperty"',
    '"error"',
    '"*"',
    '""',
    '"entry"',
    '"\\u0000"',
  ])('called %s is not heard, with or without an ack, and does no harm', async (name) => {
    const session = await openEngine(beside.url)
    await session.post(`42/chat,[${name},{"room":"lobby","draft":{"text":"hi"}}]`)
    await session.post(`42/chat,900[${name},${nested}]`)
    const next = await session.call('join', { room: 'quiet' })
    note(
      `an event called ${name}`,
      'nothing',
      (next as { room?: string }).room === 'quiet' ? 'nothing' : codeOf(next),
    )
    expect(next).toMatchObject({ room: 'quiet' })
    await session.close()
  })

  test('without an ack, wrong in every way, does no harm', async () => {
    const session = await openEngine(beside.url)
    for (const [, json] of wrong) await session.post(`42/chat,${json}`)
    expect(await session.call('join', { room: 'quiet' })).toMatchObject({ room: 'quiet' })
    await session.close()
  })

  test('acknowledged by the client, though nothing asked for it, does no harm', async () => {
    const session = await openEngine(beside.url)
    await session.post(`43/chat,1${nested}`)
    await session.post('43/chat,99999999999999999999["__proto__"]')
    expect(await session.call('join', { room: 'quiet' })).toMatchObject({ room: 'quiet' })
    await session.close()
  })
})

describe('a session over WebSocket', () => {
  const upgrade = `${path}websocket`

  test.each([
    ['a message of more than 64 kB', frame(TEXT, `4${'x'.repeat(65_536)}`)],
    ['a header that announces 1 GB', frame(TEXT, '', { announced: 1_000_000_000 })],
    ['an unmasked frame', frame(TEXT, '40', { masked: false })],
    ['bad UTF-8', frame(TEXT, Buffer.from('34ff', 'hex'))],
    ['an unknown type', frame(TEXT, '9')],
    ['an empty message', frame(TEXT)],
    ['bytes nobody announced', frame(BINARY, '00')],
    ['an event before any CONNECT', frame(TEXT, '42/chat,["join"]')],
  ])('is closed by %s', async (name, bytes) => {
    const socket = await openWebSocket(beside.port, upgrade)
    await socket.heard('"sid"')
    socket.send(bytes)
    await until('the server closes', () => socket.closeCode !== undefined)
    note(`over WebSocket, ${name}`, 'closed', socket.closeCode === undefined ? 'open' : 'closed')
    socket.hangUp()
  })
})

test('a client of the library that sends what JSON cannot hold has errors in its acks', async () => {
  const client = io(`${beside.url}/chat`, { forceNew: true, reconnection: false })
  await until('it is connected', () => client.connected)
  const sendings: unknown[][] = [
    ['publish', new Uint8Array(10)],
    ['publish', { room: 'lobby', draft: new Uint8Array(10) }],
    ['publish', { room: 'lobby', draft: { text: new Uint8Array(10) } }],
    ['publish', { room: new Uint8Array(10), draft: { text: 'hi' } }],
    ['join', { room: 'lobby', after: new Uint8Array(10) }],
    ['join', undefined, undefined],
  ]
  for (const [event, ...args] of sendings) {
    const reply = await client.timeout(30_000).emitWithAck(String(event), ...args)
    expect(reply).toMatchObject({ error: { code: expect.stringMatching(/^bad-/) } })
  }
  client.close()
})
