import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { written } from '../stats/words.ts'

/** What somebody needs of a transport. */
export interface Needs {
  /** How late 95 of 100 messages may be at most, in ms. */
  delay: number
  /** Who all read the same feed of one server. */
  readers: number
  /** The clients speak about as often as they listen. */
  clientsSpeak: boolean
  /** Messages are bytes, not text. */
  binary: boolean
  /** Something on the way refuses upgrades: a proxy, a school’s firewall. */
  upgradesRefused: boolean
  /** Users open the page in many tabs, over HTTP/1.1. */
  manyTabs: boolean
  /** Others write clients, with what their language brings. */
  anyClient: boolean
}

/** What a transport cost with the learner’s own load: one reader of it. */
export interface Cost {
  transport: TransportName
  /** Of the time from due to delivered, in ms. */
  p95: number
  /** How many deliveries that rests on. */
  n: number
  /** On the wire a delivery, both ways, everything included. */
  bytes: number
  /** A second, to read. What the reader writes is not among them: of that there is no more where there are more readers. */
  requests: number
}

/** The answer, and why. Sentences. */
export interface Choice {
  /** Absent where nothing meets all needs. */
  transport: TransportName | undefined
  reasons: readonly string[]
  /** Why not the others, by name; the chosen one is absent. */
  against: Readonly<Partial<Record<TransportName, string>>>
  /**
   * The needs that, each by itself the other way round, would change the answer, and to what. Only those with which the
   * same figures would have been measured: the others need a run of their own.
   */
  otherwise: readonly { need: string; transport: TransportName | undefined }[]
}

/** The simplest first: what needs least of the server, of the way and of the client. */
const simplest: readonly TransportName[] = ['short-polling', 'sse', 'long-polling', 'websocket', 'socket-io']

/** Simplicity is worth this many times the bytes of the leanest, and no more. */
export const WORTH = 3
/** Requests a second that all readers together may cost one server, which has other things to do as well. */
export const MOST_REQUESTS = 1_000

/** Weighs needs against what was measured. Pure; transports that were not measured cannot be chosen. */
export function choose(needs: Needs, costs: readonly Cost[]): Choice {
  const { transport, reasons, against } = weigh(needs, costs)
  return {
    transport,
    reasons,
    against,
    otherwise: flips(needs).flatMap(({ need, needs }) => {
      const other = weigh(needs, costs).transport
      return other === transport ? [] : [{ need, transport: other }]
    }),
  }
}

function weigh(needs: Needs, costs: readonly Cost[]): Omit<Choice, 'otherwise'> {
  const against: Partial<Record<TransportName, string>> = {}
  const left = transportNames.flatMap((transport) => {
    const cost = costs.find((each) => each.transport === transport)
    const why = ruledOut(needs, transport) ?? (cost ? tooDear(needs, cost) : 'It was not measured.')
    if (why !== undefined) against[transport] = why
    return cost && why === undefined ? [cost] : []
  })
  if (left.length === 0) {
    return { transport: undefined, reasons: ['Nothing here meets all of these needs at once.'], against }
  }
  const leanest = Math.min(...left.map(({ bytes }) => bytes))
  const inOrder = [...left].sort(
    (one, other) => rank(one.transport, needs) - rank(other.transport, needs) || one.bytes - other.bytes,
  )
  // One of those that are left is the leanest, so there is one.
  const chosen = inOrder.find(({ bytes }) => bytes <= WORTH * leanest) as Cost
  for (const { transport, bytes } of left) {
    if (transport === chosen.transport) continue
    against[transport] =
      bytes > WORTH * leanest
        ? `It took ${written(bytes)} B a delivery, more than ${WORTH} times the leanest.`
        : `It would do too, at ${written(bytes)} B a delivery, and is less simple here.`
  }
  return {
    transport: chosen.transport,
    reasons: [
      `${slowest(chosen)} ${written(chosen.p95)} ms; they may take ${written(needs.delay)} ms.`,
      chosen.bytes === leanest
        ? `A delivery took ${written(chosen.bytes)} B; nothing that fits takes fewer.`
        : `A delivery took ${written(chosen.bytes)} B; the leanest that fits takes ${written(leanest)} B.`,
      virtue(chosen.transport, needs),
    ],
    against,
  }
}

/** A percentile needs enough to be one of. */
const slowest = ({ n }: Cost): string =>
  n >= 20 ? `Of ${n} messages 95 % took at most` : `The slowest of ${n} messages took`

/** Where clients speak as often as they listen, what carries both ways on one connection is the simple thing. */
const rank = (transport: TransportName, { clientsSpeak }: Needs): number =>
  simplest.indexOf(transport) -
  (clientsSpeak && (transport === 'websocket' || transport === 'socket-io') ? simplest.length : 0)

/** What rules a transport out whatever it costs, if anything does. */
function ruledOut(
  { binary, upgradesRefused, anyClient, manyTabs }: Needs,
  transport: TransportName,
): string | undefined {
  if (binary && transport === 'sse') return 'It carries text only.'
  if (upgradesRefused && transport === 'websocket') return 'It begins with an upgrade, which is refused.'
  if (anyClient && transport === 'socket-io') return 'It needs a client of its own in every language.'
  const holds =
    transport === 'sse' || transport === 'long-polling' || (transport === 'socket-io' && upgradesRefused)
  return manyTabs && holds ? 'Each tab holds one of the six connections that a browser allows.' : undefined
}

/** What of its cost is too much, if anything is. */
function tooDear({ delay, readers }: Needs, cost: Cost): string | undefined {
  if (cost.p95 > delay) return `${slowest(cost)} ${written(cost.p95)} ms, which is too late.`
  const asked = cost.requests * readers
  // One reader was measured, so three digits are all there is to say.
  return asked > MOST_REQUESTS
    ? `${written(readers)} readers would ask ${written(Number(asked.toPrecision(3)))} times a second, which is too much for one server.`
    : undefined
}

function virtue(transport: TransportName, { clientsSpeak }: Needs): string {
  switch (transport) {
    case 'short-polling':
      return 'Plain requests: any server, cache, proxy and client can do it, and nothing is held open.'
    case 'sse':
      return 'One response that goes on: the browser reads and resumes it by itself, and it passes as plain HTTP.'
    case 'long-polling':
      return 'Plain requests that wait: no upgrade, any body, any client.'
    case 'websocket':
      return clientsSpeak
        ? 'Both ways on one connection, without a head for each message.'
        : 'One connection that is not among the six, text or bytes, in every language.'
    case 'socket-io':
      return 'It begins with polling and upgrades where it may, and brings its client along.'
  }
}

const flipped = {
  binary: ['the messages were bytes', 'the messages were text'],
  manyTabs: ['users opened many tabs', 'users opened one tab'],
  anyClient: ['others wrote clients in their own languages', 'we wrote all clients'],
} as const

/** The same needs with one of them the other way round, each in turn. */
const flips = (needs: Needs): { need: string; needs: Needs }[] =>
  (Object.keys(flipped) as (keyof typeof flipped)[]).map((key) => ({
    need: flipped[key][needs[key] ? 1 : 0],
    needs: { ...needs, [key]: !needs[key] },
  }))
