import type { TransportName } from '../../../server/contract/transports.ts'
import { median } from '../../stats/bootstrap.ts'
import type { Measure, Reading } from '../figures.ts'

/**
 * `call`: two people of one page, each with a session, an `RTCPeerConnection` and a line of their own to this server, open
 * a data channel. Their signals are entries of their direct room. Then both lines are closed, and they talk over the channel.
 */
export interface CallParameters {
  /** What carries the signals of both. */
  transport: TransportName
  /** Seconds between two short polls. */
  interval: number
  /** How many messages each sends after the lines are closed. */
  messages: number
}

export interface CallOutcome {
  /** Ada calls, Bob answers. */
  sides: readonly [CallSide, CallSide]
  /** From the beginning of the offer until both had an open channel, in ms. */
  setup: number
  /** By how much the head of their room rose until the lines were closed, and after that. */
  entries: number
  entriesAfter: number
  /** Requests and bytes of both lines until then, by the meter. */
  requests: number
  bytes: number
  /** Messages over the channel after both lines were closed. */
  said: number
  arrived: number
  /** Round trips over the channel, in ms. */
  trips: readonly number[]
}

export interface CallSide {
  name: string
  steps: readonly CallStep[]
  /** Signals that were acknowledged, and signals that came. */
  sent: number
  received: number
}

export interface CallStep {
  name: string
  way: 'here' | 'out' | 'in'
  /** ms from the beginning of the offer, on the page's clock. */
  at: number
  took?: number
  detail?: string
}

/** How often a step was taken on both sides together. */
export const taken = ({ sides }: CallOutcome, name: string): number =>
  sides.reduce((sum, { steps }) => sum + steps.filter((step) => step.name === name).length, 0)

/** When a step was taken first on one side. */
export const atOf = ({ steps }: CallSide, name: string): number | undefined =>
  steps.find((step) => step.name === name)?.at

const measured = (
  label: string,
  unit: Reading['unit'],
  value: (outcome: CallOutcome) => number,
): Measure<CallOutcome> => ({
  label,
  read: (outcome) => ({ value: value(outcome), unit, origin: 'measured' }),
})

export const signals = measured('signals in the log of the room', '', ({ entries }) => entries)
export const candidates = measured('candidates sent', '', (outcome) => taken(outcome, 'candidate sent'))
export const setup = measured('from the offer to an open channel', 'ms', ({ setup }) => setup)
export const requests = measured('requests of both lines', '', ({ requests }) => requests)
export const bytes = measured('bytes of both lines', 'B', ({ bytes }) => bytes)
export const said = measured('messages said after the lines were closed', '', ({ said }) => said)
export const arrived = measured('of them arrived', '', ({ arrived }) => arrived)
export const entriesAfter = measured(
  'entries that came to the room meanwhile',
  '',
  ({ entriesAfter }) => entriesAfter,
)
export const trip: Measure<CallOutcome> = {
  label: 'median round trip over the channel',
  read: ({ trips }) =>
    trips.length === 0
      ? undefined
      : { value: median(trips), unit: 'ms', n: trips.length, origin: 'measured' },
}
