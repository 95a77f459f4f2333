import Type, { type Static } from 'typebox'

/** What a page and `/lessons/raw` say to each other, one JSON text a frame. */

export const RawCommand = Type.Object(
  {
    bytes: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', description: 'bytes to send, in base64' }),
    ),
    end: Type.Optional(Type.Literal(true, { description: 'true: nothing more will be sent (FIN)' })),
  },
  { description: 'a JSON object with "bytes" or "end"', 'x-error': 'bad-frame' },
)
export type RawCommand = Static<typeof RawCommand>

/** What happened on the raw connection, and when by the server's clock (ms since 1970). */
export type RawEvent = { at: number } & (
  | { event: 'connecting'; port: number }
  | { event: 'connected' }
  /** As they crossed the relay, in base64. */
  | { event: 'bytes'; from: 'client' | 'server'; bytes: string }
  /** The other end will say nothing more (FIN). */
  | { event: 'end' }
  | { event: 'failed'; message: string }
  | { event: 'closed' }
)
