import Type, { type Static } from 'typebox'
import { ClientName } from './wire.ts'

/**
 * A link: the network between a client and the server, when it is bent or recorded. It is a TCP proxy of ours on a port
 * of its own, so every transport gets the same and none knows of it. What it does is made, not found: there is no packet
 * loss and no slow start, and the round trip of a new connection's handshake is modelled.
 *
 * The presets are in presets.ts, which a page can import without these schemas.
 */

export { type Preset, type PresetName, presets } from './presets.ts'

/** What a link does to what passes through it. Without any of these it only records. */
export const Conditions = Type.Object(
  {
    rtt: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 10_000,
        description:
          "a number of ms from 0 to 10,000, added to a round trip, half of it each way; a new connection's first bytes wait one more",
      }),
    ),
    jitter: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 10_000,
        description:
          'a number of ms from 0 to 10,000: each chunk takes up to so much longer, each way, and order is kept',
      }),
    ),
    bandwidth: Type.Optional(
      Type.Number({
        minimum: 100,
        maximum: 1e9,
        description: 'a number from 100 to 1,000,000,000: the bytes a second that each client gets each way',
      }),
    ),
    buffer: Type.Optional(
      Type.Object(
        {
          bytes: Type.Integer({
            minimum: 1,
            maximum: 1_048_576,
            description: 'an integer from 1 to 1,048,576',
          }),
          ms: Type.Number({ minimum: 1, maximum: 600_000, description: 'a number from 1 to 600,000' }),
        },
        {
          additionalProperties: false,
          description:
            '{bytes, ms}: what the server says over HTTP is held until so many bytes wait, or the first has waited so long, or the response is whole; not what it says after an upgrade',
        },
      ),
    ),
    refuseUpgrade: Type.Optional(
      Type.Boolean({
        description: 'a boolean: a request with Upgrade is answered 403 and its connection closed',
      }),
    ),
    idleCut: Type.Optional(
      Type.Number({
        minimum: 0.05,
        maximum: 86_400,
        description:
          'a number of seconds from 0.05 to 86,400: a connection without a byte for so long is ended',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'an object with none but rtt, jitter, bandwidth, buffer, refuseUpgrade and idleCut',
    examples: [{ rtt: 200, jitter: 20 }],
  },
)
/** What a link does to what passes through it. Times in ms, `idleCut` in s, `bandwidth` in bytes a second. */
export type Conditions = Static<typeof Conditions>

/** How a link ends a connection: with FIN or RST on both sides, or not at all: it swallows all that is said. */
export type CutHow = 'fin' | 'rst' | 'half-open'

export const CapturedChunk = Type.Object({
  at: Type.Number({
    description: "When it reached the link: the server's clock, ms since 1970, with fractions.",
  }),
  from: Type.Union([Type.Literal('client'), Type.Literal('server')]),
  bytes: Type.String({ description: 'The bytes, as base64.' }),
})
/** Bytes as one side said them and they reached the link, before its delays. */
export type CapturedChunk = Static<typeof CapturedChunk>

export const CapturedConnection = Type.Object({
  id: Type.Integer({ minimum: 1, description: 'The number of the TCP connection on this link.' }),
  client: Type.Optional(ClientName),
  openedAt: Type.Number({ description: 'ms since 1970.' }),
  closedAt: Type.Optional(Type.Number({ description: 'ms since 1970.' })),
  closedBy: Type.Optional(
    Type.Union([Type.Literal('client'), Type.Literal('server'), Type.Literal('link')], {
      description: 'Who ended it first.',
    }),
  ),
  chunks: Type.Array(CapturedChunk),
  forgotten: Type.Object(
    { client: Type.Integer({ minimum: 0 }), server: Type.Integer({ minimum: 0 }) },
    { description: 'Bytes of each side that came before the first chunk and are no longer kept.' },
  ),
})
/**
 * What one client said and was told on one connection. Requests of several clients may share a connection (keep-alive);
 * then it stands here once for each of them, under the same `id`, with that client's exchanges only.
 */
export type CapturedConnection = Static<typeof CapturedConnection>

export const Capture = Type.Object({ port: Type.Integer(), connections: Type.Array(CapturedConnection) })
/** The bytes that crossed a link, the latest of them, by connection in the order in which they were opened. */
export type Capture = Static<typeof Capture>

/** A link to be had. */
export const LinkDraft = Type.Object(
  {
    conditions: Conditions,
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4_294_967_295,
        description: 'an integer from 0 to 4,294,967,295: what the jitter is drawn from, 1 unless given',
      }),
    ),
  },
  {
    description: 'a JSON object like {"conditions":{"rtt":200}}',
    examples: [{ conditions: { rtt: 200 } }],
  },
)
export type LinkDraft = Static<typeof LinkDraft>

const duration = Type.Number({
  minimum: 0,
  maximum: 600_000,
  description: 'a number of ms from 0 to 600,000',
})

export const Cut = Type.Object(
  {
    client: Type.Optional(ClientName),
    how: Type.Enum(['fin', 'rst', 'half-open'], { description: '"fin", "rst" or "half-open"' }),
    after: Type.Optional(duration),
  },
  {
    description: 'a JSON object like {"how":"rst","client":"a","after":5000}',
    examples: [{ how: 'rst', client: 'a', after: 5_000 }],
  },
)
export type Cut = Static<typeof Cut>

export const Stall = Type.Object(
  { client: Type.Optional(ClientName), ms: duration },
  { description: 'a JSON object like {"ms":2000,"client":"a"}', examples: [{ ms: 2_000, client: 'a' }] },
)
export type Stall = Static<typeof Stall>

export const DropResponse = Type.Object(
  {
    client: Type.Optional(ClientName),
    method: Type.Optional(Type.Enum(['GET', 'POST'], { description: '"GET" or "POST"' })),
  },
  {
    description: 'a JSON object like {"client":"a","method":"POST"}',
    examples: [{ client: 'a', method: 'POST' }],
  },
)
export type DropResponse = Static<typeof DropResponse>

/** A link that is there. `open` counts its connections. */
export const LinkState = Type.Object(
  {
    port: Type.Integer(),
    conditions: Conditions,
    seed: Type.Integer(),
    open: Type.Integer({ minimum: 0 }),
  },
  {
    description: 'A link.',
    examples: [{ port: 3001, conditions: { rtt: 200 }, seed: 1, open: 0 }],
  },
)
export type LinkState = Static<typeof LinkState>

export const LinkList = Type.Object({
  ports: Type.Array(Type.Integer(), { description: 'The ports that links may have.' }),
  taken: Type.Array(Type.Integer(), {
    description: 'Ports that were to be links but could not be listened on; left out of `ports` since.',
  }),
  links: Type.Array(LinkState),
})
/** What GET /links says. */
export type LinkList = Static<typeof LinkList>
