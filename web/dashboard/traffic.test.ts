import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as IoServer } from 'socket.io'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type Crossing, type Network, watchTraffic } from './traffic.ts'

const network = { fetch, WebSocket: WebSocket as unknown as Network['WebSocket'], io }

/** A server that answers, streams two events and ends, greets on a WebSocket, and speaks Socket.IO. */
let server: Server
let ioServer: IoServer
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url !== '/events') {
      response.end('{}')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: one\n\n')
    setTimeout(() => response.end('data: two\n\n'), 20)
  })
  const sockets = new WebSocketServer({ noServer: true })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`you said ${data}`)))
  ioServer = new IoServer(server, { destroyUpgrade: false })
  ioServer.on('connection', (socket) => socket.emit('hello'))
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/ws') return
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  const closed = ioServer.close()
  // fetch keeps its connections for the next request.
  server.closeAllConnections()
  await closed
})

function watch() {
  const crossings: Crossing[] = []
  const watched = watchTraffic(network, (crossing) => crossings.push(crossing))
  const kinds = () => crossings.map(({ kind }) => kind)
  const until = async (kind: Crossing['kind'], count = 1) => {
    while (kinds().filter((each) => each === kind).length < count) await new Promise((r) => setTimeout(r, 5))
  }
  return { ...watched, crossings, kinds, until }
}

describe('watched traffic', () => {
  it('of fetch is a request and its response, of one exchange, in order and with rising instants', async () => {
    const { fetch, crossings } = watch()
    const response = await fetch(`${origin}/`, { method: 'POST' })
    expect(await response.json()).toEqual({})
    expect(crossings).toMatchObject([
      { kind: 'request', exchange: 1, method: 'POST' },
      { kind: 'response', exchange: 1, status: 200 },
    ])
    expect(crossings[0]?.at).toBeLessThanOrEqual(crossings[1]?.at ?? 0)
  })

  it('of a fetch that fails says so and throws the same error', async () => {
    const { fetch, kinds } = watch()
    await expect(fetch('http://127.0.0.1:1/')).rejects.toThrow(TypeError)
    expect(kinds()).toEqual(['request', 'failed'])
  })

  it('of an event stream is an open pipe, its messages and its end, and the reader gets every byte', async () => {
    const { fetch, kinds, crossings } = watch()
    const response = await fetch(`${origin}/events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toBe('data: one\n\ndata: two\n\n')
    expect(kinds()).toEqual(['request', 'response', 'open', 'in', 'in', 'close'])
    expect(crossings[3]).toMatchObject({ text: 'data: one↵↵' })
  })

  it('of an event stream that its reader leaves is closed too', async () => {
    const { fetch, kinds } = watch()
    const response = await fetch(`${origin}/events`)
    await response.body?.cancel()
    expect(kinds()).toEqual(['request', 'response', 'open', 'close'])
  })

  it('of an event stream that is aborted is closed too', async () => {
    const { fetch, kinds } = watch()
    const leaving = new AbortController()
    const response = await fetch(`${origin}/events`, { signal: leaving.signal })
    const reading = response.text()
    leaving.abort()
    await expect(reading).rejects.toThrow()
    expect(kinds().at(-1)).toBe('close')
  })

  it('of a WebSocket is its handshake, what goes out, what comes in and its end', async () => {
    const { WebSocket: Watched, kinds, crossings, until } = watch()
    const socket = new Watched(`${origin.replace('http', 'ws')}/ws`)
    expect(socket).toBeInstanceOf(WebSocket)
    await until('open')
    socket.send('hi')
    await until('in')
    socket.close()
    await until('close')
    expect(kinds()).toEqual(['request', 'response', 'open', 'out', 'in', 'close'])
    expect(crossings[4]).toMatchObject({ text: 'you said hi' })
  })

  it('of a WebSocket that is refused is a request without an answer', async () => {
    const { WebSocket: Watched, kinds, until } = watch()
    const socket = new Watched('ws://127.0.0.1:1/')
    socket.onerror = () => {}
    await until('failed')
    expect(kinds()).toEqual(['request', 'failed'])
  })

  it('of Socket.IO is polls first, then the pipe it upgrades to', async () => {
    const { io: watched, kinds, crossings, until } = watch()
    const socket = watched(origin, { forceNew: true })
    await until('open')
    socket.emit('anything')
    await until('out', 2)
    socket.disconnect()
    await until('close')
    expect(kinds()[0]).toBe('request')
    expect(kinds().indexOf('response')).toBeLessThan(kinds().indexOf('open'))
    expect(crossings.find(({ kind }) => kind === 'open')).toMatchObject({ carrier: 'websocket' })
    expect(crossings.filter(({ kind }) => kind === 'request').length).toBe(
      crossings.filter(({ kind }) => kind === 'response' || kind === 'failed').length,
    )
  })

  it('keeps what else the wrapped things can do', () => {
    const { io: watched, WebSocket: Watched } = watch()
    expect(watched.name).toBe(io.name)
    expect(Watched.OPEN).toBe(WebSocket.OPEN)
  })
})
