import type { TSchema } from 'typebox'

/** A description of one socket: what AsyncAPI says of it, in our words. `asyncapi.ts` makes the document of it. */
export interface SocketDescription {
  /** What its messages' names begin with. */
  name: string
  title: string
  server: 'websocket' | 'socketIo'
  description: string
  /** Where it is, by the name of the channel. All take and give the same messages. */
  channels: Record<string, { address: string; description: string; parameters?: Record<string, string> }>
  /** What the query and the headers of the handshake may carry. */
  query: TSchema
  headers: TSchema
  /** What a client says. */
  up: Record<string, MessageDescription>
  /** What the server says, answers among it. */
  down: Record<string, MessageDescription>
  closes: readonly CloseDescription[]
  refusals: readonly RefusalDescription[]
}

export interface MessageDescription {
  title: string
  /** When it crosses, and what it means. */
  summary: string
  payload: TSchema
  example: unknown
  /** Its text on the wire, where `<payload>` is the JSON, `<namespace>` the channel's address, `<n>` the number that an answer repeats. */
  wire: string
  /** The names of the messages of the other side that answer it. */
  answers?: readonly string[]
  /** True where it is only ever an answer. */
  isAnswer?: boolean
  promises?: readonly PromiseName[]
}

/** How a connection ends that the server ends. */
export interface CloseDescription {
  /** WebSocket's close code; Socket.IO's clients hear a reason alone. */
  code?: number
  /** The one channel where it comes, if it does not on all. */
  only?: string
  /** As it is told; absent where that is for the one case, or nothing is. */
  reason?: string
  when: string
  next: string
}

/** What a handshake is answered that is not let in. */
export interface RefusalDescription {
  status: number
  codes: readonly string[]
  when: string
}

/** What a message is there to keep. */
export const promises = {
  'same feed':
    'Every entry of a room, in the order of `seq`, exactly once, on every transport and through reconnects.',
  'resume or say so':
    'Who comes back with a cursor gets what was missed, or is told of a gap. Nothing is skipped in silence.',
  'publish once':
    'A draft with an id of its own appends one entry, however often it comes, and each time gets the first receipt.',
  bounded: 'What one reader or writer may take is bounded, so that the others do not notice.',
} as const
export type PromiseName = keyof typeof promises

/** The example that stands beside a schema of the contract. */
export const exampleOf = (schema: TSchema): object => (schema as { examples?: object[] }).examples?.[0] ?? {}
