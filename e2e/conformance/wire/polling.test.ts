import { describe, expect, test } from 'vitest'
import { setStage } from '../stage.ts'
import { answer, entryText, http, json, speak } from './raw.ts'

/** The two polling transports, byte for byte: they answer alike, only not at the same time. */
describe.each(['short-polling', 'long-polling'])('%s', (path) => {
  /** Asks in the one way in which both answer at once. */
  const now = path === 'long-polling' ? '&wait=0' : ''
  /** Who polls again at once need not be told that the connection stays. */
  const connection = path === 'long-polling' ? [] : undefined

  test('a page', async () => {
    const { server, fill, log } = await setStage()
    const epoch = (await log.after('lobby', '0', 1)).cursor.slice(0, 4)
    const wire = await speak(server.port)
    wire.send(http(`GET /${path}/lobby?after=0${now}`))
    const empty = `{"cursor":"${epoch}.0","gap":false,"more":false,"entries":[]}`
    expect(await wire.upTo('}')).toBe(answer('200 OK', json, empty, connection))

    const [one, two] = await fill('lobby', 2)
    if (!one || !two) throw new Error('nothing was filled')
    wire.send(http(`GET /${path}/lobby?after=${epoch}.0`))
    const both = `{"cursor":"${epoch}.2","gap":false,"more":false,"entries":[${entryText(one, 'line 1')},${entryText(two, 'line 2')}]}`
    expect(await wire.upTo(']}')).toBe(answer('200 OK', json, both, connection))

    wire.send(http(`GET /${path}/lobby?after=${epoch}.1&client=ada`))
    const second = `{"cursor":"${epoch}.2","gap":false,"more":false,"entries":[${entryText(two, 'line 2')}]}`
    expect(await wire.upTo(']}')).toBe(answer('200 OK', json, second, connection))
  })

  test('a gap is answered at once, with what is kept', async () => {
    const { server, fill, log } = await setStage({ entriesPerRoom: 1 })
    const epoch = (await log.after('lobby', '0', 1)).cursor.slice(0, 4)
    const wire = await speak(server.port)
    // In an empty room there is nothing but the gap to say, and it does not wait either.
    wire.send(http(`GET /${path}/lobby?after=${epoch}.7`))
    const alone = `{"cursor":"${epoch}.0","gap":true,"more":false,"entries":[]}`
    expect(await wire.upTo('}')).toBe(answer('200 OK', json, alone, connection))

    const [, latest] = await fill('lobby', 2)
    if (!latest) throw new Error('nothing was filled')
    wire.send(http(`GET /${path}/lobby?after=${epoch}.0`))
    const rest = `{"cursor":"${epoch}.2","gap":true,"more":false,"entries":[${entryText(latest, 'line 2')}]}`
    expect(await wire.upTo(']}')).toBe(answer('200 OK', json, rest, connection))
  })

  test('pages of 200, of which all but the last say that there is more', async () => {
    const { server, fill } = await setStage()
    await fill('lobby', 450)
    const sizes: [number, boolean, string][] = []
    for (let after = '0', more = true; more; ) {
      const page = await (await fetch(`${server.url}/${path}/lobby?after=${after}`)).json()
      sizes.push([page.entries.length, page.more, page.cursor.slice(4)])
      after = page.cursor
      more = page.more
    }
    expect(sizes).toEqual([
      [200, true, '.200'],
      [200, true, '.400'],
      [50, false, '.450'],
    ])
  })
})

test('long polling: silence until there is an entry, then a page with it', async () => {
  const { server, fill, log } = await setStage()
  const epoch = (await log.after('lobby', '0', 1)).cursor.slice(0, 4)
  const wire = await speak(server.port)
  wire.send(http(`GET /long-polling/lobby?after=${epoch}.0&wait=60`))
  // Another connection that was asked later has its answer: the server has seen the first by now.
  await fetch(`${server.url}/long-polling/lobby?wait=0`)
  expect(wire.text).toBe('')
  const [receipt] = await fill('lobby', 1)
  if (!receipt) throw new Error('nothing was filled')
  const page = `{"cursor":"${epoch}.1","gap":false,"more":false,"entries":[${entryText(receipt, 'line 1')}]}`
  expect(await wire.upTo(']}')).toBe(answer('200 OK', json, page, []))
})

test('long polling: a burst is answered in one page', async () => {
  const { server, log } = await setStage()
  const epoch = (await log.after('lobby', '0', 1)).cursor.slice(0, 4)
  const wire = await speak(server.port)
  wire.send(http(`GET /long-polling/lobby?after=${epoch}.0&wait=60`))
  await fetch(`${server.url}/long-polling/lobby?wait=0`)
  // One turn of the event loop, as ten publishers' packets in one read would be.
  await Promise.all(
    Array.from({ length: 10 }, (_, n) => log.append('lobby', { text: `line ${n}` }, undefined)),
  )
  const page = await wire.upTo(']}')
  expect(page).toContain(`{"cursor":"${epoch}.10","gap":false,"more":false,`)
  expect(page.match(/"seq":\d+/g)).toHaveLength(10)
})

test.each([
  ['wait=0', '?wait=0', []],
  ['Prefer: wait=0', '', ['Prefer: wait=0']],
  ['Prefer: wait=0 among others', '', ['Prefer: respond-async, wait=0; foo']],
  ['wait=0 against Prefer: wait=60', '?wait=0', ['Prefer: wait=60']],
])('long polling: %s is answered with an empty page at once', async (_, query, headers) => {
  const { server } = await setStage()
  const wire = await speak(server.port)
  const asked = performance.now()
  wire.send(http(`GET /long-polling/lobby${query}`, headers))
  expect(await wire.upTo(']}')).toMatch(/"gap":false,"more":false,"entries":\[\]\}$/)
  // A wait that was not heard would be the default of 25 s.
  expect(performance.now() - asked).toBeLessThan(20_000)
})

test('long polling: an empty page comes when the wait is over, not before', async () => {
  const { server } = await setStage()
  const wire = await speak(server.port)
  const asked = performance.now()
  wire.send(http('GET /long-polling/lobby?wait=0.3'))
  expect(await wire.upTo('}')).toContain('"entries":[]')
  expect(performance.now() - asked).toBeGreaterThanOrEqual(299)
})

const typed = ['content-type: application/json']

describe.each(['short-polling', 'long-polling', 'sse'])('%s: publish', (path) => {
  test('201 the first time, 200 for a repeat, 409 for another text', async () => {
    const { server, log } = await setStage()
    const wire = await speak(server.port)
    const draft = '{"text":"hi","id":"a1-7","sentAt":1763668800000.25,"name":"Ada"}'
    wire.send(http(`POST /${path}/lobby?client=ada`, [], draft))
    const first = await wire.upTo('}')
    const { entries } = await log.after('lobby', '0', 1)
    expect(JSON.stringify(entries[0])).toBe(
      `{"room":"lobby","seq":1,"kind":"text","id":"a1-7","from":{"name":"Ada"},"text":"hi","sentAt":1763668800000.25,"at":${entries[0]?.at}}`,
    )
    const receipt = `{"id":"a1-7","seq":1,"at":${entries[0]?.at},"stored":"memory"}`
    expect(first).toBe(answer('201 Created', typed, receipt))

    wire.send(http(`POST /${path}/lobby?client=ada`, [], draft))
    expect(await wire.upTo('}')).toBe(answer('200 OK', typed, receipt))

    wire.send(http(`POST /${path}/lobby?client=ada`, [], draft.replace('hi', 'ho')))
    const taken =
      '{"error":{"code":"id-taken","message":"You published something else as \\"a1-7\\" before. Choose another id."}}'
    expect(await wire.upTo('}}')).toBe(answer('409 Conflict', typed, taken))

    wire.send(http(`POST /${path}/lobby?client=ada`, [], '{"text":""}'))
    const bad =
      '{"error":{"code":"bad-draft","message":"\\"text\\" must be a string of 1 to 4,000 code points of well-formed Unicode, without NUL."}}'
    expect(await wire.upTo('}}')).toBe(answer('400 Bad Request', typed, bad))
  })
})

test('a cursor that is none is 400 bad-cursor on every HTTP transport', async () => {
  const { server } = await setStage()
  for (const path of ['short-polling', 'long-polling', 'sse', 'websocket']) {
    for (const after of [
      'after=',
      'after=-1',
      'after=0&after=0',
      'after=ABCD.1',
      'after=abcd.1e9',
      'after=abcd.',
    ]) {
      const response = await fetch(`${server.url}/${path}/lobby?${after}`)
      expect([path, after, response.status, (await response.json()).error.code]).toEqual([
        path,
        after,
        400,
        'bad-cursor',
      ])
    }
  }
})

test.each([
  [
    'HTTP/1.0',
    'GET /long-polling/lobby?wait=0 HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n',
    'keep-alive',
  ],
  ['a client that wants to close', http('GET /long-polling/lobby?wait=0', ['Connection: close']), 'close'],
])('long polling: to %s the connection’s fate is said', async (_who, question, connection) => {
  const { server } = await setStage()
  const wire = await speak(server.port)
  wire.send(question)
  expect(await wire.upTo('\r\n\r\n')).toContain(`\r\nConnection: ${connection}\r\n`)
})
