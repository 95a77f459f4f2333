import { createServer, type IncomingMessage } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { WebSocketServer } from 'ws'
import { createIdentify, personIn } from '../../people/identify.ts'
import { createSessions } from '../../people/sessions.ts'
import { rawLimits, relay } from '../raw.ts'
import type { BrokenServer } from './index.ts'

/**
 * A server that knows its people by a cookie and does not ask which page opened the WebSocket. A browser sends the cookie
 * along whichever page that is, so a foreign page speaks as whoever looks at it. Known from cockpit-project/cockpit#496.
 * The cure is one line here, and server/door.ts in the product.
 *
 * No foreign page can reach it: it listens on no port. Its connections are made in memory, through a relay that the door
 * guards like the rest. Its sessions are its own, too.
 */
const accountsFor =
  (path: string, mayEnter: (request: IncomingMessage) => boolean): BrokenServer =>
  async (_app, { sockets }) => {
    const sessions = createSessions()
    const identify = createIdentify(sessions)
    const people = new WebSocketServer({ noServer: true, maxPayload: 1_024 })
    let open = 0

    const server = createServer(async (request, response) => {
      request.resume()
      if (request.method !== 'POST' || request.url !== '/session') return response.writeHead(404).end()
      const { token } = await sessions.start('Ada')
      const headers = { 'Set-Cookie': `${sessions.cookie}=${token}; Path=/; HttpOnly` }
      return response.writeHead(201, headers).end(JSON.stringify({ token }))
    })
    server.on('upgrade', async (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      if (!mayEnter(request)) return refuse(socket, '403 Forbidden', 'foreign-origin')
      await identify(request)
      const person = isSomebody(request)
      if (!person) return refuse(socket, '401 Unauthorized', 'unauthorized')
      people.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => {})
        client.send(JSON.stringify({ you: person.name }))
      })
    })

    sockets.serve(path, (page) => {
      if (open >= rawLimits.open) return page.close(1013, 'too many are open; try again later')
      open++
      page.once('close', () => open--)
      const [near, far] = duplexPair()
      near.once('close', () => far.destroy())
      far.once('close', () => near.destroy())
      server.emit('connection', far)
      relay(page, near, 0)
    })
  }

/** With the bug: who has the cookie is in. */
export const anyOrigin = accountsFor('/lessons/broken/any-origin', () => true)

/** Without it: a page has to be one of the server's own. Programs send no Origin, and need a cookie as well. */
export const ownOrigin = accountsFor('/lessons/broken/own-origin', ({ headers: { origin, host } }) => {
  return origin === undefined || origin === `http://${host}`
})

function isSomebody(request: IncomingMessage) {
  try {
    return personIn(request)
  } catch {
    return undefined
  }
}

function refuse(socket: Duplex, status: string, code: string) {
  const body = JSON.stringify({ error: { code } })
  const head = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`)
}
