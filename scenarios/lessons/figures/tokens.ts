import type { TransportName } from '../../../server/contract/transports.ts'
import type { Measure } from '../figures.ts'

/**
 * `tokens`: Ada starts a session and makes a private room. Then each transport asks to read it, on raw TCP, with her token
 * where that transport can carry one; with no token, with forged ones, and as the page of another origin.
 */
export interface TokensParameters {
  /** What the foreign page has for an Origin; `{host}` is this server's, `{hostname}` without the port. Empty: none. */
  origin: string
  /** This server, or one of a lesson that knows its people by a cookie and speaks WebSocket only. */
  server: 'this' | 'any-origin' | 'own-origin'
}

/** What is shown: Ada's token, none, hers with another name in it, unsigned or too old; hers by a page of that Origin. */
export const showings = ['good', 'none', 'changed', 'unsigned', 'expired', 'foreign'] as const
export type Showing = (typeof showings)[number]

/** A token is three parts in base64url (RFC 7515 §7.1); here the first two as they read. */
export interface Token {
  text: string
  header: string
  claims: string
  /** Bytes of the signature. */
  signature: number
}

export interface Asked {
  transport: TransportName
  showing: Showing
  /** The request that carries the token, or would: head and body, token and all. */
  request: string
  token: Token | undefined
  /** The status of HTTP; of Socket.IO it is that of the first answer, for the rest is said in packets. */
  status: number
  /** The error's code, in whatever way the transport says it; absent where the reader is let in. */
  code: string | undefined
  /** What the server said last, as text. */
  answer: string
}

export interface TokensOutcome {
  /** As it was sent; empty where none was. */
  origin: string
  token: Token
  asked: readonly Asked[]
}

export const askedWith = ({ asked }: TokensOutcome, showing: Showing): readonly Asked[] =>
  asked.filter((each) => each.showing === showing)

export const isLetIn = ({ code }: Asked): boolean => code === undefined

/** "short-polling 401 unauthorized, sse 200, …" */
export const said = (asked: readonly Asked[]): string =>
  asked.length === 0
    ? 'nobody asked'
    : asked.map(({ transport, status, code }) => `${transport} got ${code ?? status}`).join(', ')

const counted = (label: string, count: (outcome: TokensOutcome) => number): Measure<TokensOutcome> => ({
  label,
  read: (outcome) => ({ value: count(outcome), unit: '', origin: 'measured' }),
})

export const letIn = counted(
  'let in with a good token',
  (outcome) => askedWith(outcome, 'good').filter(isLetIn).length,
)
export const forgeriesRefused = counted(
  'forged or expired tokens refused',
  ({ asked }) =>
    asked.filter((each) => ['changed', 'unsigned', 'expired'].includes(each.showing) && !isLetIn(each))
      .length,
)
export const foreignRefused = counted(
  'foreign pages refused, the token being good',
  (outcome) => askedWith(outcome, 'foreign').filter((each) => !isLetIn(each)).length,
)
export const tokenBytes: Measure<TokensOutcome> = {
  label: 'a token',
  read: ({ token }) => ({ value: token.text.length, unit: 'B', origin: 'measured' }),
}
