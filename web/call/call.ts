import { type ReadonlySignal, signal } from '@preact/signals'
import type { Tally } from '../../server/contract/meter.ts'
import type { Person } from '../../server/contract/people.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { readMeter } from '../experiments/meter.ts'
import { now } from '../ui/clock.ts'
import { randomName } from '../ui/random-name.ts'
import { directRoom, type Line, openLine } from './line.ts'
import { createPeer, type Peer } from './peer.ts'
import type { Signal } from './signals.ts'
import type { Me } from './tab-session.ts'

/**
 * One call, from the first ring until it is over: the line that carries its signals, and the peer that they make. Addresses
 * are exchanged when both have agreed to talk, and not before.
 */
export interface Call {
  readonly other: Person
  readonly over: TransportName
  readonly line: ReadonlySignal<Line | undefined>
  /** There once both have agreed. */
  readonly peer: ReadonlySignal<Peer | undefined>
  readonly messages: ReadonlySignal<readonly Message[]>
  readonly times: ReadonlySignal<Times>
  /** What the line had cost at the server's sockets when the channel opened. */
  readonly cost: ReadonlySignal<Tally | undefined>
  /** What came over the channel and was none of ours. */
  readonly nonsense: ReadonlySignal<number>
  /** Why it is over, as a sentence; nothing while it is not. */
  readonly ended: ReadonlySignal<string | undefined>
  /** Returns why a text was not sent. */
  say(text: string): string | undefined
  measure(): Promise<void>
  hangUp(): void
}

export interface Message {
  key: number
  isOwn: boolean
  text: string
  /** The signalling was away when it passed. */
  isAlone: boolean
}

/** Round trips, in ms. */
export interface Times {
  channel: readonly number[]
  /** To the other page and back as signals: twice through the server. */
  line: readonly number[]
  isMeasuring: boolean
}

/** Between two rings, in ms: whoever has just come hears the next one. */
const RING_EVERY = 4_000
const RING_FOR = 60_000
/** How many round trips are measured: short polling takes two intervals for each. */
const CHANNEL_TRIPS = 20
const LINE_TRIPS = 5
/** As many messages are shown. */
const MOST = 500

/** Calls somebody or, where they have rung already, answers: `answering` is the id of their call. */
export function createCall(me: Me, other: Person, over: TransportName, answering?: string): Call {
  const client = `call-${randomName()}`
  const line = signal<Line | undefined>(undefined)
  const peer = signal<Peer | undefined>(undefined)
  const messages = signal<readonly Message[]>([])
  const times = signal<Times>({ channel: [], line: [], isMeasuring: false })
  const cost = signal<Tally | undefined>(undefined)
  const nonsense = signal(0)
  const ended = signal<string | undefined>(undefined)
  let id = answering ?? randomName().padStart(8, '0')
  let keys = 0

  async function begin(): Promise<void> {
    try {
      const { room } = await directRoom(me.token, other.id)
      const opened = await openLine({ room, over, me, to: other.id, client, onSignal: hear })
      if (ended.peek() !== undefined) return opened.close()
      line.value = opened
      if (answering === undefined) await ring(opened)
      else await accept(opened)
    } catch (error) {
      end(error instanceof Error ? error.message : String(error))
    }
  }

  /** Rings until somebody answers. */
  async function ring(line: Line): Promise<void> {
    const until = now() + RING_FOR
    while (peer.peek() === undefined && ended.peek() === undefined) {
      if (now() > until) return end(`${other.name} does not answer.`)
      await line.send({ call: id, step: 'ring', over })
      await new Promise((resolve) => setTimeout(resolve, RING_EVERY))
    }
  }

  async function accept(line: Line): Promise<void> {
    makePeer('callee', line)
    await line.send({ call: id, step: 'accept' })
  }

  function hear(signal: Signal): void {
    const opened = line.peek()
    if (!opened || ended.peek() !== undefined) return
    const isOurs = signal.call === id
    const made = peer.peek()
    if (made) made.take(signal)
    // Both have called: both agree. Of the two calls the one of the lower id goes on, which both can tell.
    else if (signal.step === 'ring' && !isOurs && other.id < me.id) {
      id = signal.call
      accept(opened).catch((error) => end(String(error)))
    } else if (signal.step === 'accept' && isOurs) void makePeer('caller', opened).start()
    else if (signal.step === 'decline' && isOurs) end(`${other.name} does not want to talk now.`)
    else if (signal.step === 'hang-up' && isOurs) end(`${other.name} has hung up.`)
  }

  function makePeer(role: 'caller' | 'callee', line: Line): Peer {
    const made = createPeer({
      role,
      call: id,
      send: line.send,
      onText: (text) => add(text, false),
      onNonsense() {
        nonsense.value += 1
      },
    })
    peer.value = made
    let isCounted = false
    made.status.subscribe(({ state, reason }) => {
      if (state === 'failed' || state === 'closed') end(reason ?? 'The call is over.')
      if (state !== 'open' || isCounted) return
      isCounted = true
      // Once is enough: both sides would measure the same way there and back.
      count().then(() => (role === 'caller' ? measure() : undefined))
    })
    return made
  }

  async function count(): Promise<void> {
    try {
      ;[cost.value] = await readMeter(location.origin, [client], over)
    } catch {
      // The server may be gone by now; then nobody knows.
    }
  }

  async function measure(): Promise<void> {
    if (times.peek().isMeasuring) return
    times.value = { channel: [], line: [], isMeasuring: true }
    const trips = async (of: 'channel' | 'line', most: number, trip: () => Promise<number> | undefined) => {
      for (let n = 0; n < most && ended.peek() === undefined; n++) {
        const took = await trip()
        if (took !== undefined) times.value = { ...times.peek(), [of]: [...times.peek()[of], took] }
      }
    }
    try {
      await trips('channel', CHANNEL_TRIPS, () => peer.peek()?.roundTrip())
      if (line.peek()?.status.peek().state === 'open')
        await trips('line', LINE_TRIPS, () => line.peek()?.roundTrip())
    } catch {
      // What was measured until then stands.
    }
    times.value = { ...times.peek(), isMeasuring: false }
  }

  function add(text: string, isOwn: boolean): void {
    const isAlone = line.peek()?.status.peek().state !== 'open'
    messages.value = [...messages.peek(), { key: ++keys, isOwn, text, isAlone }].slice(-MOST)
  }

  /** Over the channel it is said by the peer; as a signal, too, where this side ends it before there is one. */
  function end(reason: string, isOurs = false): void {
    if (ended.peek() !== undefined) return
    ended.value = reason
    peer.peek()?.close(reason)
    const opened = line.peek()
    if (!opened) return
    const told = isOurs ? opened.send({ call: id, step: 'hang-up' }) : Promise.resolve()
    told.catch(() => {}).finally(opened.close)
  }

  void begin()

  return {
    other,
    over,
    line,
    peer,
    messages,
    times,
    cost,
    nonsense,
    ended,
    say(text) {
      const trouble = peer.peek()?.say(text) ?? (peer.peek() ? undefined : 'The channel is not open.')
      if (trouble === undefined) add(text, true)
      return trouble
    },
    measure,
    hangUp: () => end('You have hung up.', true),
  }
}
