import { type ReadonlySignal, signal } from '@preact/signals'
import type { Draft, Entry } from '../../server/contract/wire.ts'
import { now } from '../ui/clock.ts'
import { createDeliveries, type Deliveries } from './delivery.ts'
import { reasonOf } from './drafts.ts'
import type { Say } from './generator.ts'
import type { Settings } from './hash.ts'
import type { Lane } from './lane.ts'

/** A draft and the lane that is to publish it; handed in again, it is the same attempt, so it cannot appear twice. */
export interface Attempt {
  draft: Draft
  lane: Lane
}

export interface Sender {
  /** How late this page was itself with what the schedule asked for: part of every delivery. */
  readonly lateness: Deliveries
  /** How many sample messages were not sent, and why the last was not. */
  readonly unsent: ReadonlySignal<{ count: number; reason: string } | undefined>
  attempt(text: string, name: string, sentAt?: number): Attempt
  /** Resolves once the entry is in the log; rejects with a `PublishError`. */
  publish(attempt: Attempt): Promise<void>
  /** Publishes a line of the sample traffic; if that fails, it is counted. */
  say: Say
  /** When the entry was due to be sent, if this page sent it since figures began to count. */
  sentAt(entry: Entry): number | undefined
  reset(): void
}

/** Instants that are remembered, and drafts that may be on their way at once: beyond these, something is wrong. */
const MAX_SENT = 5_000
const MAX_IN_FLIGHT = 500

/** What this page publishes: under ids of its own, over the lane that the settings choose. */
export function createSender(page: string, lanes: readonly Lane[], over: () => Settings['over']): Sender {
  const unsent = signal<{ count: number; reason: string } | undefined>(undefined)
  const lateness = createDeliveries()
  const sent = new Map<string, number>()
  let drafts = 0
  let turns = 0
  let inFlight = 0

  function nextLane(): Lane {
    const choice = over()
    const open = lanes.filter(({ status }) => status.peek().state === 'open')
    const lane = choice === 'each' ? open[turns++ % open.length] : lanes.find(({ name }) => name === choice)
    // With none open, any of them says why it cannot.
    return lane ?? (lanes[0] as Lane)
  }

  function attempt(text: string, name: string, sentAt = now()): Attempt {
    drafts += 1
    // Tenths are all that the clock knows, and more digits would only make the message longer.
    const due = Math.round(sentAt * 10) / 10
    return { draft: { text, id: `${page}-${drafts}`, sentAt: due, name }, lane: nextLane() }
  }

  async function publish({ draft, lane }: Attempt): Promise<void> {
    const { id, sentAt } = draft
    if (id !== undefined && sentAt !== undefined) sent.set(id, sentAt)
    const [oldest] = sent.keys()
    if (oldest !== undefined && sent.size > MAX_SENT) sent.delete(oldest)
    inFlight += 1
    try {
      await lane.publish(draft)
    } finally {
      inFlight -= 1
    }
  }

  function fail(reason: string): void {
    unsent.value = { count: (unsent.peek()?.count ?? 0) + 1, reason }
  }

  return {
    lateness,
    unsent,
    attempt,
    publish,

    say({ name, text }, sentAt) {
      lateness.add(now() - sentAt)
      if (inFlight >= MAX_IN_FLIGHT) return fail(`${MAX_IN_FLIGHT} messages are still on their way.`)
      publish(attempt(text, name, sentAt)).catch((error: unknown) => fail(reasonOf(error)))
    },

    sentAt: ({ id }) => sent.get(id),

    reset() {
      sent.clear()
      lateness.reset()
      unsent.value = undefined
    },
  }
}
