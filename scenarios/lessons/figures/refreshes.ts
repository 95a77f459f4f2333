import type { Measure } from '../figures.ts'

/**
 * `refreshes`: a page that opens a connection and is loaded again and again. Each time the old connection is closed and a
 * new one opened, and the server is asked how many timers run for this page (`server/lessons/visits.ts` counts them).
 */
export interface RefreshesParameters {
  /** Which server: the one with the bug, or the one without it. */
  server: 'broken/interval-leak' | 'ticker'
  refreshes: number
  /** How long messages are counted, before and after all refreshes, in seconds. */
  seconds: number
}

export interface RefreshesOutcome {
  /** Timers alive on the server: first with the page just opened, then after each refresh. */
  timers: readonly number[]
  /** Connections of this page that the server had open at the end. */
  sockets: number
  /** Timers of the whole server process, before the page was opened and at the end; other work has some too. */
  process: { before: number; after: number }
  /** Messages that came in `seconds`, on the one connection the page had open. */
  before: number
  after: number
  seconds: number
}

export const timersAtFirst: Measure<RefreshesOutcome> = {
  label: 'timers with the page just opened',
  read: ({ timers: [first] }) =>
    first === undefined ? undefined : { value: first, unit: '', origin: 'measured' },
}
export const timersAtLast: Measure<RefreshesOutcome> = {
  label: 'timers after the last refresh',
  read: ({ timers }) => ({ value: timers.at(-1) ?? 0, unit: '', origin: 'measured' }),
}
export const socketsAtLast: Measure<RefreshesOutcome> = {
  label: 'connections open at the end',
  read: ({ sockets }) => ({ value: sockets, unit: '', origin: 'measured' }),
}
export const processTimers: Measure<RefreshesOutcome> = {
  label: 'timers that the whole process has more than before',
  read: ({ process: { before, after } }) => ({ value: after - before, unit: '', origin: 'measured' }),
}
export const messagesBefore: Measure<RefreshesOutcome> = {
  label: 'messages a second at first',
  read: ({ before, seconds }) => ({ value: before / seconds, unit: '/s', n: before, origin: 'measured' }),
}
export const messagesAfter: Measure<RefreshesOutcome> = {
  label: 'messages a second at the end',
  read: ({ after, seconds }) => ({ value: after / seconds, unit: '/s', n: after, origin: 'measured' }),
}
