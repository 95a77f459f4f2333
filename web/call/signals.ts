import { type TransportName, transportNames } from '../../server/contract/transports.ts'

/**
 * What two pages say to each other, as the `data` of signals in their direct room until a data channel is open, and as
 * text on the channel from then on. Both come from another machine, and nothing in them is taken on trust.
 */

/** One signal. `call` names the call, so that what is left in the room of an earlier one is known as such. */
export type Signal = { call: string } & (
  | { step: 'ring'; over: TransportName }
  | { step: 'accept' | 'decline' | 'hang-up' }
  | Negotiation
  | { step: 'ping' | 'pong'; n: number }
)

/**
 * What WebRTC has to exchange. `n` counts from 1 for each side: signals that are each a request of their own may overtake
 * one another, and each must be taken once and in its order (RFC 8838 §18).
 */
export type Negotiation =
  | { step: 'offer' | 'answer'; n: number; sdp: string }
  | { step: 'candidate'; n: number; candidate: RTCIceCandidateInit }
  | { step: 'end-of-candidates'; n: number }

/** One message on the data channel. */
export type Said = { say: 'text'; text: string } | { say: 'ping' | 'pong'; n: number } | { say: 'bye' }

/** The most code points of a message, as in the feed. */
export const MAX_TEXT = 4_000
/** The most characters of what may come on a channel: that many code points, each escaped as two. */
const MAX_SAID = 13 * MAX_TEXT

/** A signal as it came, or nothing where it is none of ours. */
export function readSignal(data: unknown): Signal | undefined {
  if (!isObject(data)) return undefined
  const { call, step, over, sdp, candidate, n } = data
  if (typeof call !== 'string' || !/^[a-z0-9-]{8,32}$/.test(call)) return undefined
  switch (step) {
    case 'ring': {
      const name = transportNames.find((name) => name === over)
      return name && { call, step, over: name }
    }
    case 'accept':
    case 'decline':
    case 'hang-up':
      return { call, step }
    case 'ping':
    case 'pong':
      return isCount(n) ? { call, step, n } : undefined
    case 'offer':
    case 'answer':
      return isCount(n) && typeof sdp === 'string' ? { call, step, n, sdp } : undefined
    case 'candidate':
      return isCount(n) && isCandidate(candidate) ? { call, step, n, candidate } : undefined
    case 'end-of-candidates':
      return isCount(n) ? { call, step, n } : undefined
    default:
      return undefined
  }
}

/** Whether it is for WebRTC, and not about the call or the line itself. */
export const isNegotiation = (signal: Signal): signal is { call: string } & Negotiation =>
  ['offer', 'answer', 'candidate', 'end-of-candidates'].includes(signal.step)

/** A message as it came on the channel, or nothing where it is none of ours. */
export function readSaid(data: unknown): Said | undefined {
  if (typeof data !== 'string' || data.length > MAX_SAID) return undefined
  let said: unknown
  try {
    said = JSON.parse(data)
  } catch {
    return undefined
  }
  if (!isObject(said)) return undefined
  const { say, text, n } = said
  if (say === 'bye') return { say }
  if ((say === 'ping' || say === 'pong') && isCount(n)) return { say, n }
  if (say === 'text' && typeof text === 'string' && textTrouble(text) === undefined) return { say, text }
  return undefined
}

/** What is wrong with a text that somebody wants to send, as a sentence; nothing where it may go. */
export function textTrouble(text: string): string | undefined {
  if (text.trim() === '') return 'Write something first.'
  const length = [...text].length
  return length > MAX_TEXT
    ? `A message may have 4,000 characters; this one has ${length.toLocaleString('en')}. Send it in parts.`
    : undefined
}

/**
 * Hands over what was numbered from 1 in that order, each once, whatever order it comes in. What is too far ahead to be
 * waited for is dropped.
 */
export function inOrder<T extends { n: number }>(take: (item: T) => void): (item: T) => void {
  const waiting = new Map<number, T>()
  let next = 1
  return (item) => {
    if (item.n < next || item.n > next + 100) return
    waiting.set(item.n, item)
    for (let due = waiting.get(next); due; due = waiting.get(next)) {
      waiting.delete(next)
      next += 1
      take(due)
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) > 0

/** As `RTCIceCandidate.toJSON` makes them. What stands in the line itself is for the browser to judge. */
const isCandidate = (value: unknown): value is RTCIceCandidateInit =>
  isObject(value) &&
  typeof value.candidate === 'string' &&
  value.candidate.length <= 1_000 &&
  (value.sdpMid === null || value.sdpMid === undefined || typeof value.sdpMid === 'string') &&
  (value.sdpMLineIndex === null ||
    value.sdpMLineIndex === undefined ||
    typeof value.sdpMLineIndex === 'number')
