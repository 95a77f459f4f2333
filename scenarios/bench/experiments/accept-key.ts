import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Observation } from '../../report.ts'
import { newRoom } from './wire.ts'

/** The key and answer that RFC 6455 prints in §1.3, tried by typing the handshake on a raw socket. */
export async function acceptKey(url: string): Promise<Observation[]> {
  const printed = await handshake(url, 'dGhlIHNhbXBsZSBub25jZQ==')
  const key = randomBytes(16).toString('base64')
  const another = await handshake(url, key)
  return [
    {
      id: 'status',
      what: 'The first line of the answer to a WebSocket handshake that was typed on a TCP socket.',
      value: printed.status,
    },
    {
      id: 'accept',
      what: 'Sec-WebSocket-Accept, in answer to the key dGhlIHNhbXBsZSBub25jZQ==.',
      value: printed.accept,
    },
    {
      id: 'computed-agrees',
      what: 'Whether the answer to a random key was the one computed from it here, by SHA-1 and base64.',
      value: another.accept === answerTo(key),
    },
  ]
}

/** RFC 6455 §4.2.2: SHA-1 of the key and a fixed identifier, in base64. */
const answerTo = (key: string) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

function handshake(url: string, key: string): Promise<{ status: string; accept: string }> {
  const { protocol, hostname, port, host } = new URL(url)
  const secure = protocol === 'https:'
  const to = { host: hostname, port: Number(port) || (secure ? 443 : 80) }
  const request = [
    `GET /websocket/${newRoom()} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    '',
    '',
  ]
  return new Promise((resolve, reject) => {
    const socket = secure ? connectTls({ ...to, servername: hostname }) : connect(to)
    let head = ''
    socket.setTimeout(30_000, () => socket.destroy(new Error(`No answer to a handshake from ${host}.`)))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      socket.destroy()
      resolve({
        status: head.slice(0, head.indexOf('\r\n')),
        accept: /^sec-websocket-accept: *(\S+)/im.exec(head)?.[1] ?? '',
      })
    })
    socket.on('close', () => reject(new Error(`${host} closed the connection instead of answering.`)))
    socket.write(request.join('\r\n'))
  })
}
