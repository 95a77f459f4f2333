import { onTestFinished } from 'vitest'
import type { Entry, Receipt } from '../../../server/contract/wire.ts'
import { until } from '../../support/until.ts'
import { dial, type Wire } from '../../support/wire.ts'

/** What a wire says, as text, with the one thing in it that is never twice the same made the same. */
export interface RawText {
  send(bytes: string | Uint8Array): void
  /** All that came so far; the Date of a head reads `Date: now`. */
  readonly text: string
  /** Waits for a text, then forgets all that came until its end and gives it. */
  upTo(end: string): Promise<string>
  readonly closed: boolean
}

export async function speak(port: number): Promise<RawText> {
  const wire: Wire = await dial(port)
  onTestFinished(wire.hangUp)
  let taken = 0
  const raw: RawText = {
    send: wire.send,
    get text() {
      // Latin 1 shows each byte as one character: lengths and frame heads can be compared too.
      return wire.received
        .toString('latin1')
        .slice(taken)
        .replace(/\r\nDate: [^\r]*/, '\r\nDate: now')
    },
    async upTo(end) {
      await until(`the server says ${JSON.stringify(end)}`, () => raw.text.includes(end) || wire.closed)
      const bytes = wire.received.toString('latin1')
      const at = bytes.indexOf(end, taken)
      if (at < 0) throw new Error(`The server closed after ${JSON.stringify(raw.text)}`)
      const before = taken
      taken = at + end.length
      return bytes.slice(before, taken).replace(/\r\nDate: [^\r]*/, '\r\nDate: now')
    },
    get closed() {
      return wire.closed
    },
  }
  return raw
}

/** An HTTP request as it is typed: lines, and a body where there is one. */
export function http(line: string, headers: string[] = [], body = ''): string {
  const length =
    body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
  return `${[`${line} HTTP/1.1`, 'Host: localhost', ...headers, ...length].join('\r\n')}\r\n\r\n${body}`
}

/** The head and the JSON body of an answer whose every header we expect, in the order of the wire. */
export const answer = (status: string, headers: string[], body: string, connection = kept) =>
  [
    `HTTP/1.1 ${status}`,
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
    'Date: now',
    ...connection,
    '',
    body,
  ].join('\r\n')

/** How Node says that a connection stays, and for how long. */
const kept = ['Connection: keep-alive', 'Keep-Alive: timeout=72']

export const json = ['content-type: application/json', 'cache-control: no-store']

/** The text of an entry, written out by hand. */
export const entryText = ({ seq, id, at }: Receipt | Entry, text: string, room = 'lobby') =>
  `{"room":"${room}","seq":${seq},"kind":"text","id":"${id}","from":{"name":"guest"},"text":${JSON.stringify(text)},"at":${at}}`
