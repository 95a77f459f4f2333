import { createParser } from 'eventsource-parser'
import type { Page } from '../../../server/contract/wire.ts'
import type { Observation } from '../../report.ts'
import { lines, newRoom, publish } from './wire.ts'

/** More than the feed keeps of a room: the first of them are gone when the last is in. */
const FLOOD = lines(10_200, 'flood')
const KEPT = lines(20, 'kept')
const SEEN = 5

/**
 * An SSE reader comes back with its Last-Event-ID: while the log still holds what it missed, and when it does
 * not.
 */
export async function resumeNeedsIds(url: string): Promise<Observation[]> {
  const room = newRoom()
  await publish(url, room, KEPT)
  const page = (await (await fetch(new URL(`/short-polling/${room}?after=0`, url))).json()) as Page
  const id = `${page.cursor.split('.')[0]}.${SEEN}`

  const soon = await readAfter(url, room, id, KEPT.length)
  await publish(url, room, FLOOD)
  const late = await readAfter(url, room, id, KEPT.length + FLOOD.length)
  const owed = KEPT.length + FLOOD.length - SEEN
  return [
    {
      id: 'missed-kept',
      what: `Of ${KEPT.length - SEEN} entries after its Last-Event-ID, all still kept, those it did not get.`,
      value: KEPT.length - SEEN - soon.entries,
    },
    { id: 'owed', what: 'Entries after the same Last-Event-ID when the log had overflowed.', value: owed },
    { id: 'missed-forgotten', what: 'Of those, entries it did not get.', value: owed - late.entries },
    { id: 'gap-announced', what: 'Whether it was told that some were missing.', value: late.gap },
  ]
}

/** Reads the stream up to the entry with seq `last`. */
async function readAfter(url: string, room: string, id: string, last: number) {
  const ended = new AbortController()
  const timer = setTimeout(() => ended.abort(new Error(`Entry ${last} did not come.`)), 30_000)
  const response = await fetch(new URL(`/sse/${room}`, url), {
    headers: { 'Last-Event-ID': id },
    signal: ended.signal,
  })
  if (!response.ok || !response.body) throw new Error(`The stream was answered with ${response.status}.`)
  let entries = 0
  let gap = false
  let done = false
  const parser = createParser({
    onEvent({ event, id }) {
      if (event === 'gap') gap = true
      if (event !== undefined) return
      entries++
      done ||= Number(id?.split('.')[1]) >= last
    },
  })
  const text = new TextDecoder()
  try {
    for await (const chunk of response.body) {
      parser.feed(text.decode(chunk, { stream: true }))
      if (done) break
    }
  } finally {
    clearTimeout(timer)
    ended.abort()
  }
  if (!done) throw new Error(`The stream ended before entry ${last} came.`)
  return { entries, gap }
}
