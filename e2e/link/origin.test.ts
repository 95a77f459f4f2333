import { io } from 'socket.io-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { setStage } from '../conformance/stage.ts'
import { until } from '../support/until.ts'
import { ask, dial, post, request } from '../support/wire.ts'
import { linkTo } from './wire.ts'

/** A page of the server's own origin speaks to a link: another port, and so cross-origin to its browser. */
describe.each(['127.0.0.1', 'localhost'])('a page of http://%s, through a link', (host) => {
  async function stage() {
    const { server } = await setStage()
    const link = await linkTo(server.port)
    const origin = `http://${host}:${server.port}`
    const headers = { Origin: origin, Host: `${host}:${link.port}` }
    return { link, origin, headers, foreign: { ...headers, Origin: `http://${host}:1` } }
  }

  test('GETs', async () => {
    const { link, origin, headers, foreign } = await stage()
    const answer = await ask(link.port, request('GET', '/short-polling/lobby', headers))
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } })
    expect(await ask(link.port, request('GET', '/short-polling/lobby', foreign))).toMatchObject({
      status: 403,
    })
  })

  test('POSTs, after a preflight', async () => {
    const { link, origin, headers, foreign } = await stage()
    const preflight = {
      ...headers,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    }
    expect(await ask(link.port, request('OPTIONS', '/sse/lobby', preflight))).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '7200',
      },
    })
    expect(await ask(link.port, post('/sse/lobby', '{"text":"hi"}', headers))).toMatchObject({
      status: 201,
      headers: { 'access-control-allow-origin': origin },
    })
    expect((await ask(link.port, post('/sse/lobby', '{"text":"hi"}', foreign))).status).toBe(403)
  })

  test('follows an event stream', async () => {
    const { link, origin, headers, foreign } = await stage()
    const wire = await dial(link.port)
    wire.send(request('GET', '/sse/lobby', { ...headers, Accept: 'text/event-stream' }))
    await until('it has joined', () => wire.received.includes('event: joined'))
    expect(wire.received.toString().toLowerCase()).toContain(`access-control-allow-origin: ${origin}`)
    wire.hangUp()
    expect((await ask(link.port, request('GET', '/sse/lobby', foreign))).status).toBe(403)
  })

  test('opens a WebSocket', async () => {
    const { link, headers, foreign } = await stage()
    const open = (withHeaders: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${link.port}/websocket/lobby`, { headers: withHeaders })
        socket.on('message', (data) => {
          resolve(String(data))
          socket.close()
        })
        socket.on('error', ({ message }) => resolve(message))
      })
    expect(await open(headers)).toContain('"joined":"lobby"')
    expect(await open(foreign)).toContain('403')
  })

  test.each([['polling'], ['websocket']])('opens Socket.IO over %s', async (transport) => {
    const { link, headers, foreign } = await stage()
    const connect = (extraHeaders: Record<string, string>) => {
      const socket = io(`http://127.0.0.1:${link.port}/chat`, {
        extraHeaders,
        transports: [transport],
        forceNew: true,
        reconnection: false,
      })
      onTestFinished(() => void socket.close())
      return new Promise<string>((resolve) => {
        socket.on('connect', () => resolve('connected'))
        socket.on('connect_error', ({ message }) => resolve(message))
      })
    }
    expect(await connect(headers)).toBe('connected')
    expect(await connect(foreign)).not.toBe('connected')
  })
})

test('the pages may connect to links: other ports of the name they were opened by', async () => {
  const { server } = await setStage()
  const policy = async (host: string) => {
    const { headers } = await ask(server.port, request('GET', '/', { Host: `${host}:${server.port}` }))
    return /connect-src ([^;]*)/.exec(headers['content-security-policy'] ?? '')?.[1]
  }
  expect(await policy('127.0.0.1')).toBe("'self' ws: wss: http://127.0.0.1:*")
  expect(await policy('localhost')).toBe("'self' ws: wss: http://localhost:*")
  expect(await policy('[::1]')).toBe("'self' ws: wss: http:")
})
