import type { StreamBlock, StreamEvent, StreamOutcome } from '../../../scenarios/lessons/figures/stream.ts'
import { utf8 } from '../../inspector/bytes.ts'
import { blocksOf } from '../../inspector/sse.ts'
import { now } from '../../ui/clock.ts'

/** What is seen of a run: what EventSource has dispatched so far, and how it fares. */
export interface StreamShown {
  events: readonly StreamEvent[]
  state: 'reading' | 'waiting to come back' | 'over'
}

/** How long EventSource may take to come back, in ms. Unless the stream says `retry`, browsers wait some seconds. */
const PATIENCE = 10_000

/** Has the browser's own EventSource read a stream to its end, and come back once. */
export async function runStream(
  text: string,
  ended: AbortSignal,
  show: (shown: StreamShown) => void,
): Promise<StreamOutcome> {
  const url = urlOf(text)
  const response = await fetch(url, { signal: ended })
  if (!response.ok) throw new Error(`The server answered ${response.status}: is the stream too long?`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const blocks = read(bytes)

  const before: StreamEvent[] = []
  const again: StreamEvent[] = []
  let endedAt: number | undefined
  let backAt: number | undefined
  let lastEventId: string | undefined
  const source = new EventSource(url)
  const over = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, PATIENCE)
    ended.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(ended.reason)
    })
    source.onopen = () => {
      if (endedAt !== undefined) backAt ??= now()
    }
    // Fired at each end of the stream; it connects again by itself (HTML §9.2.3).
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED)
        return reject(new Error('EventSource gave up: there was no event stream to read.'))
      // The second end: without an id the server had to begin anew.
      if (backAt !== undefined) return resolve()
      endedAt = now()
      show({ events: before, state: 'waiting to come back' })
    }
    source.addEventListener('came-back', ({ data }: MessageEvent<string>) => {
      lastEventId = data
      resolve()
    })
    for (const type of new Set(['message', ...blocks.flatMap(({ event }) => event?.type ?? [])])) {
      source.addEventListener(type, (event) => {
        if (!(event instanceof MessageEvent)) return
        const { data, lastEventId } = event
        const isBack = backAt !== undefined
        ;(isBack ? again : before).push({ type, data, lastEventId })
        if (!isBack) show({ events: [...before], state: 'reading' })
      })
    }
  })
  try {
    show({ events: [], state: 'reading' })
    await over
  } finally {
    source.close()
  }
  show({ events: before, state: 'over' })
  return {
    bytes: bytes.length,
    blocks,
    events: before,
    backAfter: backAt === undefined || endedAt === undefined ? undefined : backAt - endedAt,
    lastEventId,
    again,
  }
}

const urlOf = (text: string) => `/lessons/stream?text=${encodeURIComponent(text)}`

/** The lines of a stream as the inspector reads them, and what the standard has dispatched for them (HTML §9.2.6). */
export function read(bytes: Uint8Array): StreamBlock[] {
  let lastEventId = ''
  return blocksOf(bytes).map(({ lines, isWhole, event, id, data }) => {
    // The id is kept from event to event, and one of no data sets it too.
    if (isWhole && id !== undefined) lastEventId = id
    return {
      lines: lines.map(({ start, value, field, isWhole }) => ({
        text: utf8(bytes, start, value.end),
        field,
        isWhole,
      })),
      event: isWhole && data !== undefined ? { type: event || 'message', data, lastEventId } : undefined,
    }
  })
}
