import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { createHttpClient, createResponseReader } from './http.ts'
import { assemble } from './socket.ts'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

test('reads every kind of body, however the bytes were cut (RFC 9112 §6.3, §7.1)', () => {
  const wire = Buffer.from(
    'HTTP/1.1 100 Continue\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' +
      'HTTP/1.1 204 No Content\r\n\r\n' +
      'HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n' +
      'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '3;name=value\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n' +
      'HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\n\r\n\r\n',
  )
  fc.assert(
    fc.property(fc.array(fc.nat(wire.length), { maxLength: 12 }), (places) => {
      const read: [number, string][] = []
      let status = 0
      let body = ''
      const bring = assemble(
        createResponseReader({
          onHead(head) {
            status = head.status
            body = ''
          },
          onBody(bytes, start, end) {
            body += bytes.toString('latin1', start, end)
          },
          onEnd: () => void read.push([status, body]),
        }),
      )
      const cuts = [0, ...places.sort((a, b) => a - b), wire.length]
      cuts.slice(1).forEach((end, i) => {
        bring(wire, cuts[i] as number, end)
      })
      expect(read).toEqual([
        [200, 'hello'],
        [204, ''],
        [200, ''],
        [201, 'abc0123456789abcdef'],
        [400, '\r\n\r\n'],
      ])
    }),
  )
})

test('what is no HTTP, and a chunk without a length, are said', () => {
  const read = (text: string) => {
    const bytes = Buffer.from(text)
    createResponseReader({ onHead() {}, onBody() {}, onEnd() {} })(bytes, 0, bytes.length)
  }
  expect(() => read('SSH-2.0-OpenSSH_9.6\r\n\r\n')).toThrow('no HTTP/1.1 response: SSH-2.0')
  expect(() => read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n')).toThrow(
    'without a length',
  )
})

/** One request, as a promise of its answer. */
const ask = (client: ReturnType<typeof createHttpClient>, request: string) =>
  new Promise<string>((resolve, reject) => {
    client.send(request, {
      answered: (status, bytes, start, end) => resolve(`${status} ${bytes.toString('utf8', start, end)}`),
      failed: (reason) => reject(new Error(reason)),
    })
  })

test('uses a connection again, opens another when the server has ended it, and asks one thing at a time', async () => {
  let connections = 0
  const server = createServer((request, response) => {
    if (request.url === '/last') response.setHeader('Connection', 'close')
    if (request.url === '/long') response.write('a long ')
    response.end('answer')
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const client = createHttpClient({ host: '127.0.0.1', port })
  stops.push(client.close)
  const get = (path: string) => ask(client, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)

  expect(await get('/')).toBe('200 answer')
  expect(await get('/long')).toBe('200 a long answer')
  expect(await get('/last')).toBe('200 answer')
  expect(connections).toBe(1)
  const answer = get('/')
  expect(client.busy).toBe(true)
  await expect(get('/')).rejects.toThrow('One request at a time')
  expect(await answer).toBe('200 answer')
  expect(connections).toBe(2)
})

test('a connection that is cut fails the request, and the next one opens another', async () => {
  let connections = 0
  const server = createTcpServer((socket) => {
    connections++
    socket.on('error', () => {})
    socket.once('data', () => {
      if (connections === 1)
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy())
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => server.close())
  const client = createHttpClient({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  stops.push(client.close)
  await expect(ask(client, 'GET / HTTP/1.1\r\n\r\n')).rejects.toThrow(/closed|reset/i)
  expect(await ask(client, 'GET / HTTP/1.1\r\n\r\n')).toBe('200 whole')
})
