import type { Tally } from '../../../server/contract/meter.ts'
import type { PresetName } from '../../../server/contract/presets.ts'
import { type TransportName, transportNames } from '../../../server/contract/transports.ts'
import { nameOf } from '../../stats/words.ts'
import { type Choice, type Cost, choose } from '../choosing.ts'
import type { Measure, Reading } from '../figures.ts'
import { bytesOf, type LaneOutcome, type LanesOutcome, type LanesParameters, percentileOf } from './lanes.ts'

/**
 * `choosing`: somebody says what their load is, one reader of each transport is put under it, scaled down to what a page
 * can do, and the rule of choosing.ts answers with what was measured.
 */
export interface Load {
  /** Messages a second. */
  rate: number
  readers: number
  /** How late 95 of 100 messages may be, in ms. */
  delay: number
  /** Readers write as well: each lane publishes its share of the messages over its own connection. */
  clientsSpeak: boolean
  /** What is between client and server. */
  between: Between
  binary: boolean
  manyTabs: boolean
  anyClient: boolean
}

export type Between = 'nothing' | 'buffers' | 'refuses'

/** The preset of the network that each stands for. */
const presetOf = {
  nothing: 'clear',
  buffers: 'corporate-proxy',
  refuses: 'school-firewall',
} as const satisfies Record<Between, PresetName>

export interface ChoosingOutcome {
  load: Load
  /** A WebSocket could be opened on this way. Where it could not, there is no lane of one. */
  upgraded: boolean
  run: LanesOutcome
}

/** More messages a second than this would measure the page, which reads each of them five times. */
export const MOST_RATE = 20
/** In seconds: nobody should be asked more often than once a second, and a run has time for three polls at least. */
const OFTENEST = 1
const SELDOMEST = 3
export const SECONDS = 9

/** The run that stands for a load: as often and as long as a page can. Polls as seldom as the delay allows, with a margin. */
export const planOf = ({ rate, delay, clientsSpeak, between }: Load, upgraded: boolean) =>
  ({
    transports: transportNames.filter((name) => upgraded || name !== 'websocket') as [TransportName],
    rate: Math.min(rate, MOST_RATE),
    seconds: SECONDS,
    interval: Math.min(SELDOMEST, Math.max(OFTENEST, (0.9 * delay) / 1_000)),
    network: presetOf[between],
    ...(clientsSpeak && { authors: 'lanes' }),
  }) satisfies LanesParameters

/** In what the run is less than the load: sentences. */
export function scaledDown(load: Load): string[] {
  const { rate, interval } = planOf(load, true)
  return [
    ...(rate < load.rate
      ? [`It has ${MOST_RATE} messages a second, not ${load.rate.toLocaleString('en-GB')}.`]
      : []),
    ...(load.readers > 1
      ? [`It has one reader of each transport, not ${load.readers.toLocaleString('en-GB')}.`]
      : []),
    ...(load.clientsSpeak
      ? ['Each reader writes its share of the messages: one in five, if five take part.']
      : []),
    ...(interval * 1_000 < 0.9 * load.delay
      ? [`It polls every ${interval} s; your delay would allow more seldom.`]
      : []),
    ...(interval * 1_000 > load.delay
      ? [`It polls once a second, no more often, though that is too seldom for your delay.`]
      : []),
  ]
}

export const costsOf = ({ run }: ChoosingOutcome): Cost[] =>
  run.lanes.filter(({ delivered, delays }) => delivered > 0 && delays.length > 0).map((lane) => costOf(lane))

/** Counted until its last entry came: a poll may bring it when nobody has been publishing for an interval. */
const costOf = ({ transport, delivered, delays, lastAfter, tally }: LaneOutcome): Cost => ({
  transport,
  p95: percentileOf(delays, 0.95),
  n: delays.length,
  bytes: bytesOf(tally) / delivered,
  requests: readingRequests(tally) / lastAfter,
})

/** Over HTTP each message that the lane wrote was a request; over a socket it was a frame, and there are none to take off. */
const readingRequests = ({ requests, entriesIn }: Tally): number => Math.max(0, requests - entriesIn)

/** What the card says. */
export function choiceOf(outcome: ChoosingOutcome): Choice {
  const { load, upgraded } = outcome
  return choose({ ...load, upgradesRefused: !upgraded }, costsOf(outcome))
}

export const costFor = (outcome: ChoosingOutcome, transport: TransportName): Cost | undefined =>
  costsOf(outcome).find((each) => each.transport === transport)

/** "SSE", or "nothing". */
export const answerOf = (outcome: ChoosingOutcome): string => {
  const { transport } = choiceOf(outcome)
  return transport ? nameOf[transport] : 'nothing'
}

type OfCost = (transport: TransportName) => Measure<ChoosingOutcome>

const ofCost =
  (
    label: string,
    read: (cost: Cost, outcome: ChoosingOutcome) => Omit<Reading, 'origin'>,
    origin: Reading['origin'] = 'measured',
  ): OfCost =>
  (transport) => ({
    label: `${nameOf[transport]}: ${label}`,
    read(outcome) {
      const cost = costFor(outcome, transport)
      return cost && { ...read(cost, outcome), origin }
    },
  })

export const p95Delay: OfCost = ofCost('p95 of the delay', ({ p95, n }) => ({ value: p95, unit: 'ms', n }))
export const bytesPerDelivery: OfCost = ofCost('bytes a delivery', ({ bytes, n }) => ({
  value: bytes,
  unit: 'B',
  n,
}))
export const requestRate: OfCost = ofCost('requests of one reader, to read', ({ requests }) => ({
  value: requests,
  unit: '/s',
}))
/** Nobody had that many readers: it is one reader’s figure, times. */
export const allRequests: OfCost = ofCost(
  'requests of all readers, to read',
  ({ requests }, { load }) => ({ value: requests * load.readers, unit: '/s' }),
  'modelled',
)
