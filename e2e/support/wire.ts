import { connect } from 'node:net'
import { until } from './until.ts'

/** A TCP connection spoken to by hand: what no library would send, and every byte that comes back. */
export interface Wire {
  send(bytes: string | Uint8Array): void
  readonly received: Buffer
  /** True once the server has ended or reset the connection. */
  readonly closed: boolean
  /** Reads no more: what the server sends stays with the kernels, and then with the server. */
  pause(): void
  hangUp(): void
}

export async function dial(port: number, host = '127.0.0.1'): Promise<Wire> {
  const chunks: Buffer[] = []
  let closed = false
  const socket = connect({ port, host })
  const ended = () => {
    closed = true
  }
  // A server that refuses while we still write may reset the connection; that is an end like another.
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('end', ended).on('close', ended).on('error', ended)
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('error', () => resolve()))
  return {
    send: (bytes) => void socket.write(bytes),
    get received() {
      return Buffer.concat(chunks)
    },
    get closed() {
      return closed
    },
    pause: () => void socket.pause(),
    hangUp: () => void socket.destroy(),
  }
}

/** An HTTP answer as it stood on the wire. */
export interface Answer {
  /** 0 when the connection was closed without a word. */
  status: number
  /** By lower-case name, in the order of the wire. */
  headers: Record<string, string>
  body: string
  /** The contract's error code, where the body has one. */
  code: string | undefined
}

/** An answer in a word or two: its status, and the contract's code where it has one. */
export const said = ({ status, code }: Pick<Answer, 'status' | 'code'>) =>
  code === undefined ? `${status}` : `${status} ${code}`

/** The bytes of a request. A Host is added unless given; `undefined` leaves it out. */
export function request(
  method: string,
  target: string,
  headers: Record<string, string | undefined> = {},
  body?: string | Uint8Array,
): Buffer {
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ Host: '127.0.0.1', ...length, ...headers })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'),
    Buffer.from(body ?? ''),
  ])
}

/** A draft on its way to a room. */
export const post = (
  target: string,
  body: string | Uint8Array,
  headers: Record<string, string | undefined> = {},
) => request('POST', target, { 'Content-Type': 'application/json', ...headers }, body)

/** Sends the bytes on a connection of their own and reads the first answer. */
export async function ask(port: number, bytes: string | Uint8Array): Promise<Answer> {
  const wire = await dial(port)
  try {
    wire.send(bytes)
    await until('the server answers or closes', () => wire.closed || isWhole(wire.received))
    return readAnswer(wire.received)
  } finally {
    wire.hangUp()
  }
}

export function readAnswer(bytes: Buffer): Answer {
  const { head, body } = split(bytes)
  const [first = '', ...lines] = head.split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1] ?? 0)
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const text = headers['transfer-encoding'] === 'chunked' ? unchunk(body) : body.toString()
  return { status, headers, body: text, code: /^\{"error":\{"code":"([a-z-]+)"/.exec(text)?.[1] }
}

function isWhole(bytes: Buffer): boolean {
  const { head, body } = split(bytes)
  if (!head) return false
  if (/^HTTP\/1\.1 (101|204) /.test(head)) return true
  if (/transfer-encoding: chunked/i.test(head)) return body.toString('latin1').endsWith('0\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  return length !== undefined && body.length >= Number(length)
}

function split(bytes: Buffer): { head: string; body: Buffer } {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return { head: '', body: Buffer.alloc(0) }
  return { head: bytes.toString('latin1', 0, end), body: bytes.subarray(end + 4) }
}

function unchunk(body: Buffer): string {
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const line = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, line), 16)
    if (!size) break
    chunks.push(body.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
  return Buffer.concat(chunks).toString()
}
