import { createParser } from 'eventsource-parser'
import type { SlowOutcome, SlowParameters } from '../../../scenarios/lessons/figures/slow.ts'
import type { Draft, Entry } from '../../../server/contract/wire.ts'
import { readMeter } from '../../experiments/meter.ts'
import { publishers } from '../../experiments/publishers.ts'
import { until, within } from '../../experiments/time.ts'
import { sse } from '../../transports/sse.ts'
import { websocket } from '../../transports/websocket.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'

/** What is seen of a run: bytes of text published so far, and how the two readers stand. */
export interface SlowStep {
  publishedBytes: number
  otherBytes: number
  slowBytes: number
  /** Bytes that the broken server holds in memory for the slow reader. */
  queued: number | undefined
  isCut: boolean
}

/** A longest text of the feed, in its longest characters: 16 kB. */
const TEXT = '\u{1f422}'.repeat(4_000)
const TEXT_BYTES = 16_000
/** Messages that are published together; after each such step the server is asked how the slow reader fares. */
const STEP = 10
const PATIENCE = 20_000
/** Of a queue without a bound this many bytes are seen, which is enough to see that it has none. */
const SEEN = 3_000_000

/** One reader that stops reading and one that does not; `show` gets each step of it. */
export async function runSlow(
  { megabytes, reads, broken }: SlowParameters,
  ended: AbortSignal,
  show: (step: SlowStep) => void,
): Promise<SlowOutcome> {
  const id = randomName()
  const room = `lesson-${id}`
  const here = { url: location.origin, room, after: '0' }
  const startedAt = now()
  const author = publishers.websocket({ ...here, client: `${id}-author` })
  const sentAt = new Map<string, number>()
  const delays: number[] = []
  let others = 0
  let isOpen = false
  let reconnects = 0
  const other = websocket(
    { ...here, client: `${id}-other` },
    {
      onEntry(entry) {
        others += 1
        delays.push(now() - (sentAt.get(entry.id) ?? Number.NaN))
      },
      onGap: () => {},
      onStatus({ state }) {
        if (state === 'reconnecting') reconnects += 1
        isOpen = state === 'open'
      },
    },
  )
  const client = `${id}-slow`
  const path = broken === undefined ? '/sse' : `/lessons/broken/${broken}`
  const seqs: number[] = []
  const take = ({ seq }: Entry) => void seqs.push(seq)
  const stop = new AbortController()

  try {
    await within(PATIENCE, Promise.all([until(() => isOpen, now() + PATIENCE, ended), author.ready]), ended)
    const response = await fetch(`${path}/${room}?after=0&client=${client}`, {
      signal: AbortSignal.any([ended, stop.signal]),
    })
    if (!response.ok || !response.body) throw new Error(`The server answered ${response.status}.`)
    // Until this is called nobody reads: the browser takes what its own buffers hold, and then no more.
    const readOn = () => readStream(response.body as ReadableStream<Uint8Array>, take)
    const reading = reads && readOn()

    let published = 0
    let cutAfter: number | undefined
    let queued: number | undefined
    let handed = 0
    let stalled = 0
    const tell = () =>
      show({
        publishedBytes: published * TEXT_BYTES,
        otherBytes: others * TEXT_BYTES,
        slowBytes: seqs.length * TEXT_BYTES,
        queued,
        isCut: cutAfter !== undefined,
      })
    while (cutAfter === undefined && (queued ?? 0) < SEEN && published * TEXT_BYTES < megabytes * 1e6) {
      ended.throwIfAborted()
      await Promise.all(
        Array.from({ length: STEP }, async () => {
          const draft = { id: `${id}-${++published}`, name: 'Ada', text: TEXT } satisfies Draft
          sentAt.set(draft.id, now())
          await author.publish(draft)
        }),
      )
      if (broken === undefined) {
        const [tally] = await readMeter(location.origin, [client], 'sse')
        const { entriesOut = 0 } = tally ?? {}
        // Receipts have come for the whole step: who was handed none of it is not a reader any more.
        if (entriesOut > handed) [handed, stalled] = [entriesOut, 0]
        else if (++stalled === 2) cutAfter = handed * TEXT_BYTES
      } else {
        queued = Math.max(queued ?? 0, await queuedFor(broken, room, ended))
      }
      tell()
    }

    // It reads at last. A stream that was cut comes to its end; one that was not goes on to the newest.
    const newest = published
    const isThere = () => seqs.at(-1) === newest
    const reader = reading ?? readOn()
    if (cutAfter === undefined) await until(isThere, now() + PATIENCE, ended)
    else await within(PATIENCE, reader, ended)
    const found = seqs.length
    const epoch = other.cursor?.split('.')[0] ?? ''
    const back = sse(
      { ...here, after: `${epoch}.${seqs.at(-1) ?? 0}`, client: `${id}-back` },
      { onEntry: take, onGap: () => {}, onStatus: () => {} },
    )
    await until(isThere, now() + PATIENCE, ended)
    await until(() => others >= published, now() + PATIENCE, ended)
    back.close()
    const unique = new Set(seqs).size
    tell()
    return {
      published,
      publishedBytes: published * TEXT_BYTES,
      cutAfter,
      queued,
      found,
      resumed: seqs.length - found,
      missed: published - unique,
      duplicated: seqs.length - unique,
      other: { delivered: others, reconnects, delays },
      seconds: (now() - startedAt) / 1_000,
    }
  } finally {
    stop.abort()
    author.close()
    other.close()
  }
}

/** To the end of the stream, however it ends: a cut is what this is about. */
async function readStream(body: ReadableStream<Uint8Array>, take: (entry: Entry) => void): Promise<void> {
  const parser = createParser({
    onEvent({ event, data }) {
      if (event === undefined) take(JSON.parse(data))
    },
  })
  const utf8 = new TextDecoder()
  const chunks = body.getReader()
  try {
    for (let chunk = await chunks.read(); !chunk.done; chunk = await chunks.read())
      parser.feed(utf8.decode(chunk.value, { stream: true }))
  } catch {
    // Cut: what was not whole is not an entry.
  }
}

async function queuedFor(broken: string, room: string, signal: AbortSignal): Promise<number> {
  const { bytes }: { bytes: number } = await (
    await fetch(`/lessons/broken/${broken}/${room}/queued`, { signal })
  ).json()
  return bytes
}
