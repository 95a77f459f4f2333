import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import { createMemoryLog } from '../../server/feed/memory-log.ts'
import { bystanders } from '../support/bystanders.ts'
import { connectReader } from '../support/client.ts'
import { openEngine } from '../support/engine.ts'
import { frame, handshake, openWebSocket, TEXT } from '../support/frames.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { tabulate } from '../support/table.ts'
import { ask, request, said } from '../support/wire.ts'

const beside = bystanders()
const note = tabulate('cursors and waits, on every way in')

describe('an ill-formed cursor', () => {
  /** As a reader's code would hold it; each wire encodes it as it must. */
  const cursors: [string, string][] = [
    ['a negative number', '-1'],
    ['an infinite number', '1e999'],
    ['a number beyond 2^53', '9007199254740993'],
    ['a seq of 16 digits', 'aaaa.9007199254740993'],
    ['a seq that is not whole', 'aaaa.1.5'],
    ['a seq that is not a number', 'aaaa.x'],
    ['no seq', 'aaaa.'],
    ['no epoch', '.1'],
    ['an epoch in upper case', 'AAAA.1'],
    ['an epoch of five', 'aaaaa.1'],
    ['a colon', 'a:1'],
    ['4 kB', 'a'.repeat(4_096)],
    ['a line feed at its end', 'aaaa.1\n'],
    ['a line that would be a header', 'aaaa.1\r\nX-Injected: 1'],
    ['digits of another script', 'aaaa.١'],
    ['NUL', 'aaaa.1\0'],
    ['__proto__', '__proto__'],
  ]
  const urls = ['/short-polling/lobby?', '/long-polling/lobby?wait=0&', '/sse/lobby?']

  test.each([...cursors, ['nothing', '']])('%s is 400 bad-cursor in a URL', async (name, cursor) => {
    const after = `after=${encodeURIComponent(cursor)}`
    for (const url of urls) {
      const answer = await ask(beside.port, request('GET', url + after))
      note(`${name}, in a URL`, '400 bad-cursor', said(answer))
      expect([url, answer]).toMatchObject([url, { status: 400, code: 'bad-cursor' }])
    }
    const upgrade = await ask(beside.port, handshake(`/websocket/lobby?${after}`))
    note(`${name}, in a URL`, '400 bad-cursor', said(upgrade))
    expect(upgrade).toMatchObject({ status: 400, code: 'bad-cursor' })
  })

  test.each([
    ['given twice', 'after=0&after=0'],
    ['given twice, once well', 'after=aaaa.1&after=x'],
    ['without a value', 'after'],
  ])('one %s is 400 bad-cursor in a URL', async (name, query) => {
    for (const url of urls) {
      const answer = await ask(beside.port, request('GET', url + query))
      note(`one ${name}, in a URL`, '400 bad-cursor', said(answer))
      expect([url, answer]).toMatchObject([url, { status: 400, code: 'bad-cursor' }])
    }
    const upgrade = await ask(beside.port, handshake(`/websocket/lobby?${query}`))
    note(`one ${name}, in a URL`, '400 bad-cursor', said(upgrade))
    expect(upgrade).toMatchObject({ status: 400, code: 'bad-cursor' })
  })

  const inAHeader = cursors.filter(([, cursor]) => /^[\x21-\x7e]*$/.test(cursor))
  test.each(inAHeader)('%s is 400 bad-cursor as Last-Event-ID', async (name, cursor) => {
    const answer = await ask(beside.port, request('GET', '/sse/lobby', { 'Last-Event-ID': cursor }))
    note(`${name}, as Last-Event-ID`, '400 bad-cursor', said(answer))
    expect(answer).toMatchObject({ status: 400, code: 'bad-cursor' })
  })

  const asJson = [
    ...cursors.map(([name, cursor]): [string, unknown] => [name, cursor]),
    ['nothing', ''],
    ['a number', 0],
    ['a list', ['0']],
    ['an object', { epoch: 'aaaa', seq: 1 }],
    ['false', false],
  ] as const
  test.each(asJson)('%s is an error in a WebSocket join', async (name, after) => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(frame(TEXT, JSON.stringify({ join: 'lobby', after })))
    await socket.heard('"error"')
    const heard = JSON.parse(socket.texts[0] ?? '')
    note(`${name}, in a join`, 'bad-cursor', heard.error?.code)
    expect(heard).toMatchObject({ error: { code: 'bad-cursor' } })
    socket.send(frame(TEXT, '{"join":"quiet"}'))
    await socket.heard('"joined":"quiet"')
    socket.hangUp()
  })

  test.each(asJson)('%s is an error in the ack of a Socket.IO join', async (name, after) => {
    const engine = await openEngine(beside.url)
    const reply = await engine.call('join', { room: 'lobby', after })
    note(`${name}, in a join`, 'bad-cursor', codeOf(reply))
    expect(reply).toMatchObject({ error: { code: 'bad-cursor' } })
    expect(await engine.call('join', { room: 'quiet' })).toMatchObject({ room: 'quiet' })
    await engine.close()
  })

  test('null in a frame or an ack, and an empty Last-Event-ID, are no cursor at all', async () => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(frame(TEXT, '{"join":"quiet","after":null}'))
    await socket.heard('"joined":"quiet"')
    socket.hangUp()
    const engine = await openEngine(beside.url)
    expect(await engine.call('join', { room: 'quiet', after: null })).toMatchObject({ room: 'quiet' })
    await engine.close()
    const stream = await fetch(`${beside.url}/sse/quiet`, { headers: { 'Last-Event-ID': '' } })
    expect(stream.status).toBe(200)
    await stream.body?.cancel()
  })
})

describe('wait', () => {
  test.each([
    ['too long', '999999'],
    ['a little too long', '60.001'],
    ['negative', '-1'],
    ['no number', 'x'],
    ['empty', ''],
    ['an exponent', '1e1'],
    ['hexadecimal', '0x10'],
    ['infinite', 'Infinity'],
    ['twice', '1&wait=1'],
  ])('%s is 400 bad-query', async (name, wait) => {
    const answer = await ask(beside.port, request('GET', `/long-polling/quiet?wait=${wait}`))
    note(`a wait that is ${name}`, '400 bad-query', said(answer))
    expect(answer).toMatchObject({ status: 400, code: 'bad-query' })
  })

  test('a Prefer that makes no sense is ignored, as RFC 7240 §2 has it', async () => {
    for (const prefer of ['wait', 'wait=x', 'wait=-1', ';;;=,', 'respond-async']) {
      const { status } = await ask(
        beside.port,
        request('GET', '/long-polling/quiet?wait=0', { Prefer: prefer }),
      )
      expect([prefer, status]).toEqual([prefer, 200])
    }
  })
})

describe('a well-formed cursor that is not held', () => {
  let server: TestServer
  let epoch = ''

  beforeAll(async () => {
    server = await startServer({ log: createMemoryLog({ entriesPerRoom: 5 }) })
    for (let n = 1; n <= 9; n++) {
      await fetch(`${server.url}/short-polling/lobby`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: `line ${n}` }),
      })
    }
    const page = await (await fetch(`${server.url}/short-polling/lobby`)).json()
    epoch = page.cursor.slice(0, 4)
  })
  afterAll(() => server.close())

  const otherEpoch = () => (epoch === 'zzzz' ? 'yyyy' : 'zzzz')
  const cases: [string, () => string][] = [
    ['of another epoch', () => `${otherEpoch()}.7`],
    ['of seq 0 of another epoch', () => `${otherEpoch()}.0`],
    ['beyond the head', () => `${epoch}.10`],
    ['far beyond the head', () => `${epoch}.999999999999999`],
    ['before the oldest', () => `${epoch}.3`],
    ['of the beginning, when seq 1 is not kept', () => `${epoch}.0`],
  ]
  describe.each(transportNames)('%s', (name) => {
    test.each(cases)('one %s is answered with a gap, then what is kept', async (what, after) => {
      const reader = connectReader(name, { url: server.url, after: after() })
      await reader.has(5)
      note(
        `well-formed, and ${what}`,
        'gap, 5 entries',
        `${reader.gaps.length === 1 ? 'gap' : 'no gap'}, ${reader.seqs.length} entries`,
      )
      expect(reader.gaps).toEqual([`${epoch}.4`])
      expect(reader.seqs).toEqual([5, 6, 7, 8, 9])
      reader.close()
    })

    test('one that is just held is answered without', async () => {
      const reader = connectReader(name, { url: server.url, after: `${epoch}.4` })
      await reader.has(5)
      expect(reader.gaps).toEqual([])
      expect(reader.seqs).toEqual([5, 6, 7, 8, 9])
      reader.close()
    })
  })
})

/** The code of an error in an acknowledgement. */
const codeOf = (reply: unknown) =>
  (reply as { error?: { code: string } }).error?.code ?? JSON.stringify(reply)
