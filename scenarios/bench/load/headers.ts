import type { Scenario } from '../../scenario.ts'

/** The heads of requests, byte for byte. Paths and values are ASCII. */
export interface Heads {
  /** A poll. */
  get(path: string): string
  /** A stream of server-sent events; with the id of the last event after a cut, as EventSource says it. */
  stream(path: string, lastEventId?: string): string
  /** A body of so many bytes goes after it. */
  post(path: string, contentType: string, bytes: number): string
  /** A WebSocket handshake (RFC 6455 §4.1). */
  upgrade(path: string, key: string): string
}

export interface HeadOptions extends Pick<Scenario, 'headers' | 'cookieBytes' | 'keepAlive'> {
  /** The server's origin, like `http://127.0.0.1:3000`. */
  origin: string
}

export const createHeads = (options: HeadOptions): Heads =>
  options.headers === 'chrome' ? chrome(options) : minimal(options)

/** What HTTP and the transport demand, and nothing else (RFC 9112 §3.2: Host). */
function minimal({ origin, cookieBytes, keepAlive }: HeadOptions): Heads {
  const { host } = new URL(origin)
  const last = cookie(cookieBytes)
  const first = (method: string, path: string) => `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`
  const connection = keepAlive ? '' : 'Connection: close\r\n'
  return {
    get: (path) => `${first('GET', path)}${connection}${last}\r\n`,
    stream: (path, id) =>
      `${first('GET', path)}${connection}Accept: text/event-stream\r\n${lastEvent(id)}${last}\r\n`,
    post: (path, type, bytes) =>
      `${first('POST', path)}${connection}Content-Type: ${type}\r\nContent-Length: ${bytes}\r\n${last}\r\n`,
    upgrade: (path, key) =>
      `${first('GET', path)}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: ${key}\r\n${last}\r\n`,
  }
}

/**
 * What a page in Chrome sends: its own headers in its own order, written down from Chromium 156 on Linux (as a window,
 * not headless, with the brand list of Google Chrome). Chrome never asks for `Connection: close`; where a scenario
 * wants it, it stands where `keep-alive` stood.
 */
function chrome({ origin, cookieBytes, keepAlive }: HeadOptions): Heads {
  const { host } = new URL(origin)
  const agent =
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
    'Chrome/156.0.0.0 Safari/537.36\r\n'
  const brands = 'sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156", "Google Chrome";v="156"\r\n'
  const platform = 'sec-ch-ua-platform: "Linux"\r\n'
  const mobile = 'sec-ch-ua-mobile: ?0\r\n'
  const fresh = 'Pragma: no-cache\r\nCache-Control: no-cache\r\n'
  const languages = 'Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\n'
  const fetched =
    'Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n' +
    `Referer: ${origin}/\r\n${languages}${cookie(cookieBytes)}`
  const first = (method: string, path: string) =>
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: ${keepAlive ? 'keep-alive' : 'close'}\r\n`
  return {
    get: (path) => `${first('GET', path)}${platform}${agent}${brands}${mobile}Accept: */*\r\n${fetched}\r\n`,
    stream: (path, id) =>
      `${first('GET', path)}${fresh}${platform}${agent}Accept: text/event-stream\r\n${brands}${mobile}` +
      `${lastEvent(id)}${fetched}\r\n`,
    post: (path, type, bytes) =>
      `${first('POST', path)}Content-Length: ${bytes}\r\n${platform}${agent}${brands}Content-Type: ${type}\r\n` +
      `${mobile}Accept: */*\r\nOrigin: ${origin}\r\n${fetched}\r\n`,
    upgrade: (path, key) =>
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n${fresh}${agent}Upgrade: websocket\r\n` +
      `Origin: ${origin}\r\nSec-WebSocket-Version: 13\r\n${languages}${cookie(cookieBytes)}` +
      `Sec-WebSocket-Key: ${key}\r\n` +
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n',
  }
}

const lastEvent = (id: string | undefined) => (id === undefined ? '' : `Last-Event-ID: ${id}\r\n`)

/** A cookie whose value in the header is exactly so long. */
function cookie(bytes: number): string {
  if (bytes === 0) return ''
  const value = 'session='.padEnd(bytes, '0123456789abcdef').slice(0, bytes)
  return `Cookie: ${value}\r\n`
}
