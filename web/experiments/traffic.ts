import type { Run } from '../../scenarios/report.ts'
import type { Scenario } from '../../scenarios/scenario.ts'
import { instants } from '../../scenarios/schedule.ts'
import type { Draft, Entry, Receipt } from '../../server/contract/wire.ts'
import { now } from '../ui/clock.ts'
import { distributionOf } from './distribution.ts'
import { lineOf } from './texts.ts'
import { pause, until } from './time.ts'

/** A message of the schedule and what became of it. Instants are ms since 1970, by the page's clock. */
interface Message {
  due: number
  sent: number
  answer: 'none' | 'receipt' | 'refusal'
  deliveries: number
}

interface Circumstances {
  /** How many readers owe a delivery of each message. */
  readers: number
  /** Whether page and server share a clock. */
  sameHost: boolean
  signal: AbortSignal
  /** All is said and not all has arrived. */
  onWaiting(): void
}

export type Publish = (draft: Draft) => Promise<Receipt>

/** What of a run's traffic is known to whoever made it. */
export type Outcome = Pick<
  Run,
  | 'scheduled'
  | 'published'
  | 'refused'
  | 'expected'
  | 'delivered'
  | 'lost'
  | 'late'
  | 'latency'
  | 'rawLatency'
  | 'sinceServer'
  | 'lateness'
>

/**
 * Says what the schedule asks for, open loop: each message at the instant it is due, whatever became of those before
 * it. A message that leaves late still carries its due instant, and its latency counts from there.
 */
export function createTraffic(scenario: Scenario, circumstances: Circumstances) {
  const { readers, sameHost, signal, onWaiting } = circumstances
  // How long what is owed is waited for, and then once more, in ms.
  const drain = Math.max(5, 3 * scenario.interval) * 1000
  let messages = new Map<string, Message>()
  let latency: number[] = []
  let raw: number[] = []
  let sinceServer: number[] = []
  let late = 0
  let closes = 0

  const settled = ({ answer, deliveries }: Message) =>
    answer === 'refusal' || (answer === 'receipt' && deliveries >= readers)
  const allSettled = () => [...messages.values()].every(settled)

  function say(id: string, index: number, due: number, publish: Publish): void {
    const message: Message = { due, sent: now(), answer: 'none', deliveries: 0 }
    messages.set(id, message)
    // Tenths are all that the clock knows, and more digits would only make the message longer.
    const sentAt = Math.round(due * 10) / 10
    publish({ ...lineOf(scenario.traffic.payload, index), id, sentAt }).then(
      () => {
        message.answer = 'receipt'
      },
      () => {
        message.answer = 'refusal'
      },
    )
  }

  return {
    /**
     * Forgets what was said before, speaks for so many seconds, and waits for what is owed, until twice the drain is
     * over. The speakers take turns; `name` tells these messages from others in the room.
     */
    async speak(name: string, seconds: number, seed: number, speakers: readonly Publish[]): Promise<void> {
      messages = new Map()
      latency = []
      raw = []
      sinceServer = []
      late = 0
      const start = now()
      const due = instants(scenario.traffic, seconds, seed).map((at) => start + at)
      closes = (due.at(-1) ?? start) + drain
      for (const [index, at] of due.entries()) {
        await pause(at, signal)
        const publish = speakers[index % speakers.length]
        if (publish) say(`${name}-${index}`, index, at, publish)
      }
      await pause(start + seconds * 1000, signal)
      if (!allSettled()) onWaiting()
      await until(allSettled, closes + drain, signal)
    },

    /** A reader was given an entry that is new to it. */
    arrived(entry: Entry): void {
      const at = now()
      const message = messages.get(entry.id)
      if (!message) return
      message.deliveries += 1
      latency.push(at - message.due)
      raw.push(at - message.sent)
      if (sameHost) sinceServer.push(at - entry.at)
      if (at > closes) late += 1
    },

    outcome(): Outcome {
      const all = [...messages.values()]
      const published = all.filter(({ answer }) => answer === 'receipt')
      const delivered = published.reduce((sum, { deliveries }) => sum + deliveries, 0)
      const expected = published.length * readers
      return {
        scheduled: all.length,
        published: published.length,
        refused: all.length - published.length,
        expected,
        delivered,
        lost: expected - delivered,
        late,
        latency: distributionOf(latency),
        rawLatency: distributionOf(raw),
        sinceServer: distributionOf(sinceServer),
        lateness: distributionOf(all.map(({ sent, due }) => sent - due)),
      }
    },
  }
}
