import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { pathOf, type TransportName, transportNames } from '../../server/contract/transports.ts'
import type { Draft, Entry, Page } from '../../server/contract/wire.ts'
import { type ClientTransport, PublishError } from '../transports/connection.ts'
import { now } from '../ui/clock.ts'
import { looks } from '../ui/lanes.ts'
import { figures, format, type Row } from './figures.ts'
import { createGenerator } from './generator.ts'
import { readHash, type Settings, writeHash } from './hash.ts'
import { createLane, type Lane, type Point } from './lane.ts'
import { createMessages, type Messages } from './messages.ts'
import { explainStarvation } from './starvation.ts'
import { countTabs } from './tabs.ts'
import { createTallyReader } from './tally.ts'
import type { Network } from './traffic.ts'

/** Figures are drawn this often, in ms; the server's meter is read half as often as it may be. */
const TICK = 250
const READ = 1_000
const ANNOUNCE = 5_000
/** The requests chart shows the last ten minutes. */
const MAX_SAMPLES = 600
/** Instants of drafts that are remembered, and drafts that may be on their way at once: beyond, something is wrong. */
const MAX_SENT = 5_000
const MAX_IN_FLIGHT = 500

/** Settings that figures depend on. */
const circumstances = [
  { key: 'rate', label: 'traffic' },
  { key: 'every', label: 'poll interval' },
  { key: 'over', label: 'sending lane' },
] as const

/** A draft and the lane that is to publish it; handed in again, it is the same attempt, so it cannot appear twice. */
export interface Attempt {
  draft: Draft
  lane: Lane
}

/** The page's one experiment: its settings, its lanes, what it sends and what comes of that. */
export interface Experiment {
  readonly settings: ReadonlySignal<Settings>
  readonly lanes: readonly Lane[]
  readonly messages: Messages
  /** The figures of all lanes, four times a second. */
  readonly rows: ReadonlySignal<readonly Row[]>
  /** Requests of each lane over the seconds since counting began. */
  readonly samples: Readonly<Record<TransportName, readonly Point[]>>
  /** Since when figures count, ms since 1970. */
  readonly since: ReadonlySignal<number>
  /** What was changed since, so that the figures mix what was before and after. */
  readonly mixed: ReadonlySignal<readonly string[]>
  /** Why sample messages were not sent, and how many. */
  readonly unsent: ReadonlySignal<{ count: number; reason: string } | undefined>
  /** Why requests of this page do not get through. */
  readonly starvation: ReadonlySignal<string | undefined>
  /** What somebody who does not see the page should hear, every 5 s. */
  readonly announcement: ReadonlySignal<string>
  change(settings: Partial<Settings>): void
  toggle(): void
  reset(): Promise<void>
  attempt(text: string, name: string, sentAt?: number): Attempt
  /** Resolves once the entry is in the log; rejects with a `PublishError`. */
  publish(attempt: Attempt): Promise<void>
}

export function createExperiment(
  transports: Readonly<Record<TransportName, ClientTransport>>,
  network: Network,
): Experiment {
  const page = randomName()
  const settings = signal(readHash(location.hash))
  const { room } = settings.value
  const rows = signal<readonly Row[]>([])
  const since = signal(now())
  const mixed = signal<readonly string[]>([])
  const unsent = signal<{ count: number; reason: string } | undefined>(undefined)
  const starvation = signal<string | undefined>(undefined)
  const announcement = signal('')
  const counting = signal(false)
  const visible = signal(!document.hidden)

  const messages = createMessages()
  const sent = new Map<string, number>()
  const samples = Object.fromEntries(transportNames.map((name) => [name, []])) as unknown as Record<
    TransportName,
    Point[]
  >
  let drafts = 0
  let turns = 0
  let inFlight = 0
  let firstLook: Promise<string | undefined> | undefined

  const lanes = transportNames.map((name) =>
    createLane({
      name,
      client: `${page}-${looks[name].suffix}`,
      room,
      transport: transports[name],
      network,
      interval: () => settings.peek().every,
      sentAt: ({ id }: Entry) => sent.get(id),
      onEntry: (entry) => messages.arrive(entry, name),
      onGap: messages.follow,
    }),
  )
  const clients = Object.fromEntries(lanes.map(({ name, client }) => [name, client])) as Record<
    TransportName,
    string
  >
  const tally = createTallyReader(clients)
  const tabs = countTabs(page)
  const generator = createGenerator(({ name, text }, sentAt) => {
    if (inFlight >= MAX_IN_FLIGHT) return fail(`${MAX_IN_FLIGHT} messages are still on their way.`)
    publish(attempt(text, name, sentAt)).catch((error: unknown) => fail(reasonOf(error)))
  })

  /** Reads the feed once before the lanes do, so that all five start from the same entry and count from nothing. */
  async function look(): Promise<string | undefined> {
    try {
      const response = await fetch(`${pathOf['short-polling']}/${room}`, {
        signal: AbortSignal.timeout(2_000),
      })
      const { cursor, entries }: Page = await response.json()
      messages.follow(cursor)
      for (const entry of entries) messages.arrive(entry)
      return cursor
    } catch {
      // Then the lanes start from the latest entries, and say themselves what is wrong.
      return undefined
    }
  }

  async function connect(): Promise<void> {
    firstLook ??= look()
    const cursor = await firstLook
    if (!visible.peek()) return
    for (const lane of lanes) lane.connect(cursor)
  }

  function change(changes: Partial<Settings>): void {
    const before = settings.peek()
    settings.value = { ...before, ...changes }
    if (!counting.peek()) return
    const changed = circumstances.filter(({ key }) => settings.peek()[key] !== before[key])
    mixed.value = [...new Set([...mixed.peek(), ...changed.map(({ label }) => label)])]
  }

  function toggle(): void {
    const { running, rate } = settings.value
    change({ running: !running, rate: rate === 0 && !running ? 2 : rate })
  }

  async function reset(): Promise<void> {
    // The two clocks of the figures, the server's sockets and this page, start as one, unless the server is silent.
    await Promise.race([tally.reset(), new Promise((resolve) => setTimeout(resolve, 1_000))])
    sent.clear()
    unsent.value = undefined
    mixed.value = []
    for (const lane of lanes) {
      lane.reset()
      samples[lane.name].length = 0
    }
    since.value = now()
    refresh()
  }

  function attempt(text: string, name: string, sentAt = now()): Attempt {
    drafts += 1
    // Tenths are all that the clock knows, and more digits would only make the message longer.
    const due = Math.round(sentAt * 10) / 10
    return { draft: { text, id: `${page}-${drafts}`, sentAt: due, name }, lane: nextLane() }
  }

  function nextLane(): Lane {
    const { over } = settings.peek()
    const open = lanes.filter(({ status }) => status.peek().state === 'open')
    const choice = over === 'each' ? open[turns++ % open.length] : lanes.find(({ name }) => name === over)
    return choice ?? (lanes[0] as Lane)
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
    unsent.value = { count: (unsent.value?.count ?? 0) + 1, reason }
  }

  function refresh(): void {
    for (const { track } of lanes) track.trim()
    rows.value = lanes.map((lane) => lane.row(tally.tallies[lane.name]))
    const waits = [tally.waitingSince, ...lanes.map(({ waitingSince }) => waitingSince)]
    const oldest = Math.min(...waits.map((wait) => wait ?? Number.POSITIVE_INFINITY))
    starvation.value = explainStarvation({
      time: now(),
      since: Number.isFinite(oldest) ? oldest : undefined,
      serverAnswers: lanes.some(({ name, status }) => name === 'websocket' && status.value.state === 'open'),
      tabs: tabs.value,
    })
  }

  async function readTally(): Promise<void> {
    if (!visible.peek()) return
    const begun = since.peek()
    await tally.read()
    if (begun !== since.peek()) return
    for (const name of transportNames) {
      samples[name].push({ x: (now() - begun) / 1000, y: tally.tallies[name].requests })
      if (samples[name].length > MAX_SAMPLES) samples[name].shift()
    }
  }

  function announce(): void {
    if (!settings.value.running) return
    const delivery = rows.value.map(
      (row) => `${looks[row.transport].label} ${format(figures.p50.value(row), 'ms')}`,
    )
    const [row] = rows.value
    announcement.value = `${row?.sequence.delivered ?? 0} entries. Median delivery in milliseconds: ${delivery.join(', ')}.`
  }

  // A first Run counts from where the lanes have found, or not found, their connections.
  const settled = computed(() => lanes.every(({ status }) => status.value.state !== 'connecting'))
  effect(() => {
    if (!settings.value.running || !settled.value || counting.value) return
    untracked(reset).then(() => {
      counting.value = true
    })
  })

  const pace = computed(() =>
    settings.value.running && counting.value && visible.value ? settings.value.rate : 0,
  )
  effect(() => generator.start(pace.value))

  effect(() => {
    const link = `${location.pathname}${location.search}${writeHash(settings.value)}`
    history.replaceState(null, '', link)
  })
  addEventListener('hashchange', () => {
    const next = readHash(location.hash)
    // Another room is another experiment.
    if (next.room !== room) location.reload()
    else change(next)
  })

  document.addEventListener('visibilitychange', () => {
    visible.value = !document.hidden
  })
  effect(() => {
    if (visible.value) connect()
    else for (const lane of lanes) lane.pause()
  })

  setInterval(refresh, TICK)
  setInterval(readTally, READ)
  setInterval(announce, ANNOUNCE)
  refresh()

  return {
    settings,
    lanes,
    messages,
    rows,
    samples,
    since,
    mixed,
    unsent,
    starvation,
    announcement,
    change,
    toggle,
    reset,
    attempt,
    publish,
  }
}

/** A sentence for a person. Whatever else went wrong is not theirs to read. */
export function reasonOf(error: unknown): string {
  return error instanceof PublishError ? error.message : 'The message could not be sent.'
}

/** Random, without `crypto.randomUUID`, which a LAN address over http does not have. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6))
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, '0')).join('')
}
