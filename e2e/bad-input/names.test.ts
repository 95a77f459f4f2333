import { describe, expect, test } from 'vitest'
import { bystanders } from '../support/bystanders.ts'
import { handshake } from '../support/frames.ts'
import { tabulate } from '../support/table.ts'
import { ask, post, request, said } from '../support/wire.ts'

/** The two names a URL carries: the room in its path and the client in its query. */
const beside = bystanders()
const note = tabulate('the two names a URL carries, wherever it may')

const engine = '/socket.io/?EIO=4&transport='
const draft = '{"text":"hi"}'

describe('a bad room', () => {
  const rooms = [
    ['a path that climbs', '..%2fadmin'],
    ['a path that climbs, encoded twice', '%252e%252e%252fadmin'],
    ['upper case', 'Lobby'],
    ['200 characters', 'x'.repeat(200)],
    ['10,000 characters', 'x'.repeat(10_000)],
    ['65 characters', 'x'.repeat(65)],
    ['broken percent-encoding', '%ff%zz'],
    ['bytes that are not UTF-8', '%ff%fe'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor!'],
    ['a hyphen first', '-lobby'],
    ['a space', 'lob%20by'],
    ['NUL', 'lobby%00'],
    ['a line feed at its end', 'lobby%0a'],
    ['letters that look like ours', 'l%D0%BEbby'],
    ['a matrix parameter', 'lobby;v=1'],
  ]

  test.each(rooms)('%s is 400 bad-room wherever a URL names it', async (name, room) => {
    for (const path of ['short-polling', 'long-polling', 'sse']) {
      const read = await ask(beside.port, request('GET', `/${path}/${room}`))
      note(`as a room, ${name}`, '400 bad-room', said(read))
      expect([path, read]).toMatchObject([path, { status: 400, code: 'bad-room' }])
      const write = await ask(beside.port, post(`/${path}/${room}`, draft))
      note(`as a room, ${name}`, '400 bad-room', said(write))
      expect([path, write]).toMatchObject([path, { status: 400, code: 'bad-room' }])
    }
    const upgrade = await ask(beside.port, handshake(`/websocket/${room}`))
    note(`as a room, ${name}`, '400 bad-room', said(upgrade))
    expect(upgrade).toMatchObject({ status: 400, code: 'bad-room' })
  })

  test('an empty one is 400 bad-room where a room must stand', async () => {
    for (const path of ['short-polling', 'long-polling', 'sse']) {
      const read = await ask(beside.port, request('GET', `/${path}/`))
      expect([path, read]).toMatchObject([path, { status: 400, code: 'bad-room' }])
      const write = await ask(beside.port, post(`/${path}/`, draft))
      expect([path, write]).toMatchObject([path, { status: 400, code: 'bad-room' }])
    }
  })
})

describe('a bad client', () => {
  const clients = [
    ['an empty one', 'client='],
    ['one without a value', 'client'],
    ['one given twice', 'client=ada&client=ada'],
    ['two of them', 'client=ada&client=bob'],
    ['one of 65 characters', `client=${'x'.repeat(65)}`],
    ['a dot', 'client=a.b'],
    ['a line feed at its end', 'client=ada%0a'],
    ['NUL', 'client=%00'],
    ['bytes that are not UTF-8', 'client=%ff'],
    ['a letter that is not ASCII', 'client=%C3%A4da'],
    ['two of them, one spelled with an escape', 'client=ada&%63lient=bob'],
    ['a dot, all of it spelled with escapes', '%63%6c%69%65%6e%74=a%2eb'],
  ]
  const requests: [string, (query: string) => Buffer][] = [
    ['a short poll', (query) => request('GET', `/short-polling/lobby?${query}`)],
    ['a long poll', (query) => request('GET', `/long-polling/lobby?wait=0&${query}`)],
    ['an event stream', (query) => request('GET', `/sse/lobby?${query}`)],
    ['a POST', (query) => post(`/short-polling/lobby?${query}`, draft)],
    ['a WebSocket', (query) => handshake(`/websocket/lobby?${query}`)],
    ['a WebSocket that joins later', (query) => handshake(`/websocket?${query}`)],
    ['Engine.IO polling', (query) => request('GET', `${engine}polling&${query}`)],
    ['an Engine.IO upgrade', (query) => handshake(`${engine}websocket&${query}`)],
    ['/echo', (query) => handshake(`/echo?${query}`)],
    ['/time', (query) => request('GET', `/time?${query}`)],
  ]

  test.each(clients)('%s is 400 bad-query on every request and handshake', async (name, query) => {
    for (const [what, bytes] of requests) {
      const answer = await ask(beside.port, bytes(query))
      note(`as a client, ${name}`, '400 bad-query', said(answer))
      expect([what, answer]).toMatchObject([what, { status: 400, code: 'bad-query' }])
    }
  })

  test('while a good one passes on each of them', async () => {
    const statuses = await Promise.all(
      requests
        .filter(([what]) => what !== 'an event stream' && what !== 'a POST')
        .map(async ([what, bytes]) => [what, (await ask(beside.port, bytes('client=Ada_7-x'))).status]),
    )
    expect(statuses).toEqual([
      ['a short poll', 200],
      ['a long poll', 200],
      ['a WebSocket', 101],
      ['a WebSocket that joins later', 101],
      ['Engine.IO polling', 200],
      ['an Engine.IO upgrade', 101],
      ['/echo', 101],
      ['/time', 200],
    ])
  })
})
