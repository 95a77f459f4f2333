/** Which end said it. */
export type From = 'client' | 'server'

/**
 * What a byte is for, in the meter's terms (DESIGN §4): `payload` is the JSON of an entry or a draft, `head` an HTTP
 * head, `control` a message about the feed (receipt, join, ping, envelope of a page), `framing` all the rest.
 */
export const kinds = ['payload', 'head', 'framing', 'control'] as const
export type Kind = (typeof kinds)[number]

/** A range of bytes that means one thing. */
export interface Segment {
  /** First byte and the one after the last, in the stream of its direction, forgotten bytes included. */
  start: number
  end: number
  kind: Kind
  name: string
  /** What these bytes say, unmasked and decoded; long values end in "…". */
  value?: string
  /** One sentence for somebody who sees such bytes for the first time. */
  about: string
  /** Where it is written, like "RFC 6455 §5.2". */
  rfc?: string
}

/** One thing that one end said: a request, a response, an event, a frame. Its segments cover it without a hole. */
export interface Message {
  from: From
  /** When its first byte crossed the link: ms since 1970, by the server's clock. */
  at: number
  /** Its range in the stream of its direction. Empty for what is no bytes, such as a connection being opened. */
  start: number
  end: number
  /** One line, like "GET /sse/lobby?after=k3f9.42" or "frame text, 93 bytes, masked". */
  title: string
  segments: Segment[]
  /** What it carries, where that is several things; their segments are the ones it has in their range. */
  children?: Message[]
  /** Where its bytes are masked, and with what key (RFC 6455 §5.3). */
  mask?: { start: number; end: number; key: Uint8Array }
}

/** How many bytes of each kind each end said. What a message carries is counted once, with the message. */
export function sums(messages: readonly Message[]): Record<From, Record<Kind, number>> {
  const nothing = () => ({ payload: 0, head: 0, framing: 0, control: 0 })
  const sum = { client: nothing(), server: nothing() }
  for (const { from, segments } of messages)
    for (const { kind, start, end } of segments) sum[from][kind] += end - start
  return sum
}
