import type { Measure } from '../figures.ts'

/**
 * `stream`: an event stream that the learner types. The server sends it byte for byte as `text/event-stream` and ends it
 * (`server/lessons/stream.ts`). The browser's own EventSource reads it, and comes back by itself; what it then says in
 * Last-Event-ID the server tells.
 */
export interface StreamParameters {
  /** At most 2,000 characters. */
  text: string
}

export interface StreamOutcome {
  /** What the server sent as body, from a request of the page's own beside that of EventSource. */
  bytes: number
  blocks: readonly StreamBlock[]
  /** What EventSource dispatched of it before the stream ended. */
  events: readonly StreamEvent[]
  /** ms from the end of the stream until EventSource had connected again; absent if it did not. */
  backAfter: number | undefined
  /** What it said in Last-Event-ID when it came back; absent if it said nothing. */
  lastEventId: string | undefined
  /** What it dispatched a second time because the server had to begin anew. */
  again: readonly StreamEvent[]
}

/** Lines up to the empty one, as `web/inspector/sse.ts` reads them. */
export interface StreamBlock {
  lines: readonly { text: string; field: string | undefined; isWhole: boolean }[]
  /** What is to be dispatched for it, by the standard; absent for none. */
  event: StreamEvent | undefined
}

export interface StreamEvent {
  type: string
  data: string
  lastEventId: string
}

export const events: Measure<StreamOutcome> = {
  label: 'events dispatched',
  read: ({ events }) => ({ value: events.length, unit: '', origin: 'measured' }),
}
export const lines: Measure<StreamOutcome> = {
  label: 'lines of the stream',
  read: ({ blocks }) => ({
    value: blocks.reduce((sum, { lines }) => sum + lines.length, 0),
    unit: '',
    origin: 'measured',
  }),
}
export const streamBytes: Measure<StreamOutcome> = {
  label: 'bytes of the stream',
  read: ({ bytes }) => ({ value: bytes, unit: 'B', origin: 'measured' }),
}
export const dataBytes: Measure<StreamOutcome> = {
  label: 'bytes of data in the events',
  read: ({ events }) => ({
    value: events.reduce((sum, { data }) => sum + new TextEncoder().encode(data).length, 0),
    unit: 'B',
    origin: 'measured',
  }),
}
export const backAfter: Measure<StreamOutcome> = {
  label: 'until it was back',
  read: ({ backAfter }) =>
    backAfter === undefined ? undefined : { value: backAfter, unit: 'ms', origin: 'measured' },
}

/** Whether two lists of events say the same. */
export const areSame = (some: readonly StreamEvent[], others: readonly StreamEvent[]): boolean =>
  JSON.stringify(some.map(parts)) === JSON.stringify(others.map(parts))

const parts = ({ type, data, lastEventId }: StreamEvent) => [type, data, lastEventId]
