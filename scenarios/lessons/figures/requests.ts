import type { Measure } from '../figures.ts'

/**
 * `requests`: the same request several times, each sent when the answer before it is whole, on TCP connections that the
 * figure opens itself. Whether the next request goes over the same connection is decided as HTTP decides it, by what the
 * answer says. It asks for a page of a room that holds two entries, always with the same cursor.
 */
export interface RequestsParameters {
  /** One after another, the whole of one before the next. */
  series: readonly [RequestSeries, ...RequestSeries[]]
  /** Requests in each series. */
  count: number
  /** What a link adds to a round trip, in ms; 0: the connections go to the server itself. */
  rtt: number
}

export interface RequestSeries {
  label: string
  version: '1.0' | '1.1'
  /** Fields of each request, besides Host. */
  fields: readonly string[]
}

export interface RequestsOutcome {
  rtt: number
  series: readonly SeriesOutcome[]
}

export interface SeriesOutcome {
  label: string
  exchanges: readonly Exchange[]
}

/** A request and its answer. Times are by the server's clock. */
export interface Exchange {
  /** The connection it went over, from 1. */
  connection: number
  /** Until the kernel had the connection, in ms; absent where it was there already. */
  connect: number | undefined
  /** From asking for a connection, or from the request where there was one, until the whole answer was there: ms. */
  took: number
  sent: number
  received: number
  /** Of those, bytes of heads. */
  headSent: number
  headReceived: number
  status: number
  /** What the answer's Connection field says; empty where there is none. */
  connectionField: string
  body: string
  /** The server ended the connection after this answer. */
  isLast: boolean
}

export const seriesOf = ({ series }: RequestsOutcome, label: string): SeriesOutcome | undefined =>
  series.find((each) => each.label === label)

export const connectionsIn = ({ exchanges }: SeriesOutcome): number =>
  exchanges.filter(({ connect }) => connect !== undefined).length

type Part = 'took' | 'sent' | 'received' | 'headSent' | 'headReceived'

/** A part of all exchanges, added up. */
export const total = ({ exchanges }: SeriesOutcome, part: Part): number =>
  exchanges.reduce((sum, exchange) => sum + exchange[part], 0)

/** What the run waited for: one round trip for each request, and one for each handshake. */
export const roundTripsIn = (series: SeriesOutcome): number => series.exchanges.length + connectionsIn(series)

export const connections = (label: string): Measure<RequestsOutcome> => ({
  label: `${label}: TCP connections`,
  read(outcome) {
    const series = seriesOf(outcome, label)
    return series && { value: connectionsIn(series), unit: '', origin: 'measured' }
  },
})

/** Through a link both the handshake and the way are modelled. */
export const took = (label: string): Measure<RequestsOutcome> => ({
  label: `${label}: time for all`,
  read(outcome) {
    const series = seriesOf(outcome, label)
    return (
      series && {
        value: total(series, 'took'),
        unit: 'ms',
        origin: outcome.rtt > 0 ? 'modelled' : 'measured',
      }
    )
  },
})

export const bytes = (label: string, part: Exclude<Part, 'took'>, of: string): Measure<RequestsOutcome> => ({
  label: `${label}: ${of}`,
  read(outcome) {
    const series = seriesOf(outcome, label)
    return series && { value: total(series, part), unit: 'B', origin: 'measured' }
  },
})
