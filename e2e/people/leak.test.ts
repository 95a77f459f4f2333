import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Room } from '../../server/contract/people.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { createMemoryLog } from '../../server/feed/memory-log.ts'
import { CLOSE, frame, handshake, readFrames, TEXT } from '../support/frames.ts'
import { openRoom, startSession, type TestPerson } from '../support/people.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { printTable } from '../support/table.ts'
import { until } from '../support/until.ts'
import { dial, post, request, type Wire } from '../support/wire.ts'

/**
 * The leak test: a canary in a private room, and everybody who may not read it at every way in. What is looked at is
 * every byte that came to a socket of theirs. The same words with a member's token bring the canary, or this would say
 * nothing. Typing and presence are ways in like the others: there the canary is a name.
 */
const CANARY = 'canary-7f3a9c'
const LIFE = 2_500

const log = createMemoryLog()
const lives: (() => Promise<void>)[] = []
const matrix = new Map<string, Map<TransportName, string>>()
const overHttp: string[][] = []

/** Reads a room on a socket of its own, each wire in its own words. `wait`: how long a long poll may, in s. */
const read: Record<TransportName, (wire: Wire, asked: Asked) => unknown> = {
  'short-polling': (wire, { target, headers }) =>
    wire.send(request('GET', target('/short-polling/'), headers)),
  'long-polling': (wire, { target, headers, wait }) =>
    wire.send(request('GET', target('/long-polling/', `wait=${wait}`), headers)),
  sse: (wire, { target, headers }) => wire.send(request('GET', target('/sse/'), headers)),
  websocket(wire, { room, after, headers, presence }) {
    wire.send(handshake('/websocket', headers))
    wire.send(frame(TEXT, JSON.stringify({ join: room, after, presence })))
  },
  async 'socket-io'(wire, { room, after, token, presence }) {
    wire.send(handshake('/socket.io/?EIO=4&transport=websocket'))
    await until('there is a session', () => wire.received.includes('"sid"'))
    wire.send(frame(TEXT, `40/chat,${token === undefined ? '' : JSON.stringify({ token })}`))
    await until('it is connected', () => /4[04]\/chat,/.test(wire.received.toString('latin1')))
    wire.send(frame(TEXT, `42/chat,1${JSON.stringify(['join', { room, after, presence }])}`))
  },
}

interface Asked {
  room: string
  after?: string | undefined
  token: string | undefined
  headers: Record<string, string>
  wait: number
  /** Whether it asks who is here. */
  presence: boolean
  target(path: string, query?: string): string
}

async function open(
  server: TestServer,
  name: TransportName,
  room: string,
  {
    token,
    after,
    wait = 0,
    presence,
  }: { token?: string | undefined; after?: string | undefined; wait?: number; presence?: string } = {},
): Promise<Wire> {
  const wire = await dial(server.port)
  lives.push(async () => wire.hangUp())
  const query = after === undefined ? [] : [`after=${after}`]
  if (presence !== undefined) query.push(`presence=${presence}`)
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const target = (path: string, more?: string) =>
    `${path}${room}?${[...query, ...(more === undefined ? [] : [more])].join('&')}`
  await read[name](wire, { room, after, token, headers, wait, presence: presence !== undefined, target })
  return wire
}

/** The close frame of a connection that has become a WebSocket, where there is one. */
function closeOf({ received }: Wire): Buffer | undefined {
  if (!received.toString('latin1', 0, 12).startsWith('HTTP/1.1 101')) return undefined
  const frames = readFrames(received.subarray(received.indexOf('\r\n\r\n') + 4))
  return frames.find(({ opcode }) => opcode === CLOSE)?.payload
}

/** What a reader was told in place of entries, or at their end; the canary, where that came. */
function toldTo(wire: Wire): string | undefined {
  const text = wire.received.toString('latin1')
  const close = closeOf(wire)
  if (text.includes(CANARY)) return 'the canary'
  return (
    /event: (expired|removed)/.exec(text)?.[1] ??
    /"code":"([a-z-]+)"/.exec(text)?.[1] ??
    (close && close.length >= 2 ? `close ${close.readUInt16BE(0)}` : undefined) ??
    /^HTTP\/1\.1 ([45]\d\d)/.exec(text)?.[1]
  )
}

async function verdict(wire: Wire): Promise<string> {
  await until('the reader is told', () => toldTo(wire) !== undefined || wire.closed)
  return toldTo(wire) ?? 'closed'
}

/** Whatever was on its way to a socket that stays open has come when it has answered once more. */
async function flush(name: TransportName, wire: Wire) {
  const isOver = () => wire.closed || closeOf(wire) !== undefined
  if (isOver()) return
  if (name === 'websocket') {
    wire.send(frame(TEXT, '{"ping":true}'))
    await until('it has answered', () => wire.received.includes('"pong"') || isOver())
  }
  if (name === 'socket-io') {
    wire.send(frame(TEXT, '42/chat,99["leave",{"room":"lobby"}]'))
    await until('it has answered', () => wire.received.includes('43/chat,99') || isOver())
  }
}

const note = (what: string, name: TransportName, actual: string) => {
  const row = matrix.get(what) ?? new Map()
  matrix.set(what, row.set(name, actual))
}

/** Notes what became of it, and holds the socket's bytes against the canary. */
async function expectNothing(what: string, name: TransportName, wire: Wire, expected: readonly string[]) {
  const actual = await verdict(wire).catch(() => 'let in')
  await flush(name, wire)
  const leaked = wire.received.includes(CANARY)
  note(what, name, leaked ? 'LEAKED' : expected.includes(actual) ? `closed: ${actual}` : actual)
  expect([what, leaked]).toEqual([what, false])
  expect(expected).toContain(actual)
}

let server: TestServer
let ada: TestPerson
let bob: TestPerson
let eve: TestPerson
let room: Room
let stolen: string

const say = (text: string) => log.append(room.room, { text }, undefined)

beforeAll(async () => {
  server = await startServer({ log })
  ada = await startSession(server.url, 'Ada')
  bob = await startSession(server.url, 'Bob')
  eve = await startSession(server.url, 'Eve')
  room = await openRoom(ada, bob)
  stolen = (await log.after(room.room, '0', 200)).cursor
})

afterAll(async () => {
  for (const end of lives.reverse()) await end()
  await server.close()
  const rows = [...matrix].map(([what, row]) => [
    what,
    ...transportNames.map((name) => row.get(name) ?? 'NOT TRIED'),
  ])
  printTable('Who may not read a private room, by the way in and the transport', [
    ['way in', ...transportNames],
    ...rows,
  ])
  printTable('The same, of what is only there over HTTP', [['way in', 'who', 'actual'], ...overHttp])
})

test.each(transportNames)(
  '%s: live, neither a guest nor a stranger hears the canary, and a member does',
  async (name) => {
    const wires = [await open(server, name, room.room, { wait: 30 })]
    wires.push(await open(server, name, room.room, { token: eve.token, wait: 30 }))
    const heads = (await log.after(room.room, '0', 200)).cursor
    const member = await open(server, name, room.room, { token: bob.token, after: heads, wait: 30 })
    const isIn = (wire: Wire) => isReading(name, wire) || wire.received.includes('"entries"')
    for (const wire of wires)
      await until('a stranger is told, or let in', () => toldTo(wire) !== undefined || isIn(wire))
    if (name !== 'short-polling') await until('the member is there', () => isReading(name, member))
    await say(CANARY)
    const control =
      name === 'short-polling' ? await open(server, name, room.room, { token: bob.token }) : member
    await until('the member has it', () => control.received.includes(CANARY))
    note('live, a member', name, 'reads it')
    await expectNothing('live, a guest', name, wires[0] as Wire, ['not-found'])
    await expectNothing('live, a stranger', name, wires[1] as Wire, ['not-found'])
  },
)

test.each(transportNames)('%s: no history, and none from a stolen cursor', async (name) => {
  await say(CANARY)
  for (const [who, token] of [
    ['a guest', undefined],
    ['a stranger', eve.token],
  ] as const) {
    const all = await open(server, name, room.room, { token, after: '0' })
    await expectNothing(`all that is kept, ${who}`, name, all, ['not-found'])
    const latest = await open(server, name, room.room, { token })
    await expectNothing(`the latest, ${who}`, name, latest, ['not-found'])
    const resumed = await open(server, name, room.room, { token, after: stolen })
    await expectNothing(`a stolen cursor, ${who}`, name, resumed, ['not-found'])
  }
  const member = await open(server, name, room.room, { token: bob.token, after: stolen })
  await until('the member has it', () => member.received.includes(CANARY))
})

test.each(transportNames)(
  '%s: a member who is removed is told in less than a second, and hears no more',
  async (name) => {
    const cleo = await startSession(server.url, 'Cleo')
    const { invite } = await ada.room('POST', `/rooms/${room.room}/invite`)
    await cleo.room('POST', '/rooms/join', { invite })
    const { cursor } = await log.after(room.room, '0', 200)
    const wire = await open(server, name, room.room, { token: cleo.token, after: cursor, wait: 30 })
    if (name === 'short-polling') await until('it is answered', () => wire.received.includes('"entries"'))
    else await until('it reads', () => isReading(name, wire))

    const asked = performance.now()
    expect((await ada.ask('DELETE', `/rooms/${room.room}/members/${cleo.id}`)).status).toBe(204)
    const again = await open(server, name, room.room, { token: cleo.token, after: cursor, wait: 30 })
    const told = name === 'short-polling' ? again : wire
    expect(await verdict(told)).toBe(name === 'short-polling' ? 'not-found' : 'removed')
    const took = performance.now() - asked
    expect(took).toBeLessThan(1_000)
    await say(CANARY)
    if (name === 'short-polling') note('removed, what was open', name, 'holds nothing open')
    else await expectNothing('removed, what was open', name, wire, ['removed'])
    await expectNothing('removed, and back', name, again, ['not-found'])
    const later = await open(server, name, room.room, { token: cleo.token, after: cursor })
    await expectNothing('removed, later', name, later, ['not-found'])
    // Nor by the invitation that was good before.
    expect((await cleo.ask('POST', '/rooms/join', { invite })).status).toBe(404)
  },
)

test('a member whose session runs out hears no more, on every transport', async () => {
  const other = await startServer({ log: createMemoryLog(), sessions: { life: LIFE } })
  lives.push(() => other.close())
  const owner = await startSession(other.url, 'Owner')
  const dan = await startSession(other.url, 'Dan')
  const theirs = await openRoom(owner, dan)
  // Past the notices, so that a long poll waits.
  const history = await dan.ask('GET', `/rooms/${theirs.room}/history`)
  const { cursor } = history.body as { cursor: string }
  const wires = new Map<TransportName, Wire>()
  for (const name of transportNames) {
    const wire = await open(other, name, theirs.room, { token: dan.token, after: cursor, wait: 30 })
    if (name === 'short-polling') await until('it is answered', () => wire.received.includes('"entries"'))
    else await until('it reads', () => isReading(name, wire))
    wires.set(name, wire)
  }
  const verdicts = transportNames.map(async (name) => {
    const wire = wires.get(name) as Wire
    return name === 'short-polling' ? '' : verdict(wire)
  })
  let isOver = false
  const told = Promise.all(verdicts).then(() => {
    isOver = true
  })
  // The owner's session is as long as the member's: renewed for as long as that lasts, and good after it.
  let { token } = owner
  await until('all are told', async () => {
    const renewed = await fetch(`${other.url}/session`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: '{}',
    })
    token = ((await renewed.json()) as { token: string }).token
    return isOver
  })
  await told
  const said = await fetch(`${other.url}/sse/${theirs.room}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text: CANARY }),
  })
  expect(said.status).toBe(201)
  for (const name of transportNames) {
    const again = await open(other, name, theirs.room, { token: dan.token, after: cursor })
    if (name === 'short-polling') note('expired, what was open', name, 'holds nothing open')
    else
      await expectNothing('expired, what was open', name, wires.get(name) as Wire, ['expired', 'close 4401'])
    await expectNothing('expired, and back', name, again, ['expired'])
  }
})

test.each(transportNames)('%s: no other spelling of the name brings the canary', async (name) => {
  await say(CANARY)
  const { room: plain } = room
  const escaped = [...plain].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')
  const inUrls = [
    escaped,
    escaped.replaceAll('%', '%25'),
    plain.replace('private', '%70rivate'),
    `${plain}/`,
    `${plain}/.`,
    `./${plain}`,
    `../sse/${plain}`,
    `%2e%2e/sse/${plain}`,
    `${plain}%2f`,
    `${plain};a=b`,
    `${plain}%23`,
    `lobby/../${plain}`,
  ]
  const anywhere = [
    plain.toUpperCase(),
    plain.replace('private', 'Private'),
    plain.replace('private-', 'direct-'),
    plain.replace('private-', ''),
    ` ${plain}`.replaceAll(' ', '%20'),
    `${plain}%00`,
    `${plain}%0a`,
    `${plain}%20`,
    plain.replace('p', '%D1%80'),
  ]
  const isSocket = name === 'websocket' || name === 'socket-io'
  const spellings = isSocket
    ? [...anywhere.map(decodeURIComponent), `${plain}\u200b`, [plain], { toString: plain }]
    : [...inUrls, ...anywhere]
  for (const spelling of spellings) {
    const wire = await open(server, name, spelling as string, { token: eve.token, after: '0' })
    await until(
      'it is answered',
      () =>
        /"code"|"entries"|event: joined|"joined"|43\/chat|^HTTP\/1\.1 [45]/.test(
          wire.received.toString('latin1'),
        ) || wire.closed,
    )
    await flush(name, wire)
    const leaked = wire.received.includes(CANARY)
    if (leaked) note('odd spellings of the name', name, 'LEAKED')
    expect([spelling, leaked]).toEqual([spelling, false])
  }
  note('odd spellings of the name', name, `closed: ${spellings.length} of them`)
})

test.each(transportNames)(
  '%s: nobody is told who is in a room, or types in it, but its members',
  async (name) => {
    const canary = await startSession(server.url, CANARY)
    const theirs = await openRoom(ada, canary)
    const watching = await open(server, 'sse', theirs.room, { token: canary.token, presence: '0' })
    await until('the canary is there', () => watching.received.includes('event: presence'))
    for (const [who, token] of [
      ['a guest', undefined],
      ['a stranger', eve.token],
    ] as const) {
      const wire = await open(server, name, theirs.room, { token, presence: '0', wait: 30 })
      await expectNothing(`presence, ${who}`, name, wire, ['not-found'])
      const told = watching.received.length
      const said = await sayAside(name, theirs.room, token, 'typing')
      const isSeen = watching.received.subarray(told).toString().includes('Eve')
      note(`typing, ${who}`, name, isSeen ? 'LEAKED' : `closed: ${said}`)
      expect(said).toBe('not-found')
      expect(watching.received.subarray(told).toString()).not.toContain('Eve')
    }
    const member = await open(server, name, theirs.room, { token: ada.token, presence: '0', wait: 30 })
    await until('a member is told', () => /"online":[^\]]*canary/.test(member.received.toString('latin1')))
  },
)

/** What is said in a room without reading it: that somebody types, or an entry. */
const words = {
  typing: { frame: (room: string) => ({ typing: room }), event: (room: string) => ({ room }) },
  publish: {
    frame: (room: string) => ({ publish: { text: 'hi' }, room }),
    event: (room: string) => ({ room, draft: { text: 'hi' } }),
  },
}

/** Says it in the words of each wire, and gives what is answered. */
async function sayAside(
  name: TransportName,
  room: string,
  token: string | undefined,
  word: keyof typeof words,
): Promise<string> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const wire = await dial(server.port)
  lives.push(async () => wire.hangUp())
  if (name === 'websocket') {
    wire.send(handshake('/websocket', headers))
    wire.send(frame(TEXT, JSON.stringify(words[word].frame(room))))
  } else if (name === 'socket-io') {
    wire.send(handshake('/socket.io/?EIO=4&transport=websocket'))
    await until('there is a session', () => wire.received.includes('"sid"'))
    wire.send(frame(TEXT, `40/chat,${token === undefined ? '' : JSON.stringify({ token })}`))
    await until('it is connected', () => /4[04]\/chat,/.test(wire.received.toString('latin1')))
    wire.send(frame(TEXT, `42/chat,1${JSON.stringify([word, words[word].event(room)])}`))
  } else if (word === 'typing') wire.send(request('POST', `/${name}/${room}/typing`, headers))
  else wire.send(post(`/${name}/${room}`, '{"text":"hi"}', headers))
  return verdict(wire)
}

test('history, the room itself and its list are as closed as the feed', async () => {
  await say(CANARY)
  for (const [who, headers] of [
    ['a guest', undefined],
    ['a stranger', { Authorization: `Bearer ${eve.token}` }],
  ] as const) {
    for (const path of ['', '/history', '/history?before=3', '/history?limit=200']) {
      const wire = await dial(server.port)
      wire.send(request('GET', `/rooms/${room.room}${path}`, headers))
      const actual = await verdict(wire)
      const leaked = wire.received.includes(CANARY)
      overHttp.push([`GET /rooms/:room${path}`, who, leaked ? 'LEAKED' : `closed: ${actual}`])
      expect([actual, leaked]).toEqual(['not-found', false])
      wire.hangUp()
    }
    const list = await dial(server.port)
    list.send(request('GET', '/rooms', headers))
    await until('it is answered', () => list.received.includes('{"rooms":'))
    const isListed = list.received.includes(room.room)
    overHttp.push(['GET /rooms', who, isListed ? 'LEAKED' : 'closed: not listed'])
    expect(isListed).toBe(false)
    list.hangUp()
  }
  const member = await bob.ask('GET', `/rooms/${room.room}/history`)
  expect(JSON.stringify(member.body)).toContain(CANARY)
})

test.each(transportNames)('%s: who may not read may not write, either', async (name) => {
  const before = (await log.after(room.room, '0', 200)).entries.length
  for (const [who, token] of [
    ['a guest', undefined],
    ['a stranger', eve.token],
  ] as const) {
    const said = await sayAside(name, room.room, token, 'publish')
    const after = (await log.after(room.room, '0', 200)).entries.length
    note(`publishing, ${who}`, name, after === before ? `closed: ${said}` : 'PUBLISHED')
    expect([said, after]).toEqual(['not-found', before])
  }
})

test.each(transportNames)(
  '%s: a room that is not yours is answered, to the byte, like one that is not',
  async (name) => {
    const absent = room.room.replace(/.$/, (last) => (last === 'z' ? 'y' : 'z'))
    const answers: string[] = []
    for (const asked of [room.room, absent]) {
      const wire = await open(server, name, asked, { token: eve.token, after: '0' })
      await verdict(wire)
      await flush(name, wire)
      const text = wire.received.toString('latin1').replaceAll(asked, 'NAME')
      answers.push(text.replace(/\r\ndate: .*/i, '').replace(/"p?sid":"[^"]*"/g, ''))
    }
    note('as one that does not exist', name, answers[0] === answers[1] ? 'closed: to the byte' : 'told apart')
    expect(answers[0]).toBe(answers[1])
  },
)

function isReading(name: TransportName, wire: Wire): boolean {
  const text = wire.received.toString('latin1')
  // A long poll that waits says nothing: its request has been handed on when a later one is answered.
  if (name === 'long-polling') return waiting(wire)
  return name === 'sse'
    ? text.includes('event: joined')
    : text.includes('"joined"') || text.includes('43/chat,1')
}

/** Polls that wait, by their sockets: the server holds them open without a word. */
const asked = new WeakSet<Wire>()
const answered = new WeakSet<Wire>()
function waiting(wire: Wire): boolean {
  if (!asked.has(wire)) {
    asked.add(wire)
    void fetch(`${server.url}/time`)
      .then(() => fetch(`${server.url}/time`))
      .then(() => answered.add(wire))
  }
  return answered.has(wire) || wire.received.length > 0
}
