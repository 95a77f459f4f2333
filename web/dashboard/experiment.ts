import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { pathOf, type TransportName, transportNames } from '../../server/contract/transports.ts'
import type { Page } from '../../server/contract/wire.ts'
import type { ClientTransport } from '../transports/connection.ts'
import { now } from '../ui/clock.ts'
import { onLoopback } from '../ui/host.ts'
import { looks } from '../ui/lanes.ts'
import { figures, format, type Row } from './figures.ts'
import { createGenerator } from './generator.ts'
import { readHash, type Settings, writeHash } from './hash.ts'
import { createLane, type Lane, type Point } from './lane.ts'
import { createMessages, type Messages } from './messages.ts'
import { createSender, type Sender } from './sender.ts'
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
/** Sample traffic waits for the lanes to connect, but not for one that never does. */
const PATIENCE = 3_000

/** Settings that figures depend on. */
const circumstances = [
  { key: 'rate', label: 'traffic' },
  { key: 'arrivals', label: 'when messages come' },
  { key: 'burst', label: 'size of bursts' },
  { key: 'payload', label: 'what is said' },
  { key: 'every', label: 'poll interval' },
  { key: 'over', label: 'sending lane' },
] as const

/** The page's one experiment: its settings, its lanes, what it sends and what comes of that. */
export interface Experiment {
  readonly settings: ReadonlySignal<Settings>
  readonly lanes: readonly Lane[]
  readonly messages: Messages
  readonly sender: Sender
  /** The figures of all lanes, four times a second. */
  readonly rows: ReadonlySignal<readonly Row[]>
  /** Requests of each lane over the seconds since counting began. */
  readonly samples: Readonly<Record<TransportName, readonly Point[]>>
  /** Since when figures count, ms since 1970. */
  readonly since: ReadonlySignal<number>
  /** What was changed since, so that the figures mix what was before and after. */
  readonly mixed: ReadonlySignal<readonly string[]>
  /** Why requests of this page do not get through. */
  readonly starvation: ReadonlySignal<string | undefined>
  /** What somebody who does not see the page should hear, every 5 s. */
  readonly announcement: ReadonlySignal<string>
  change(settings: Partial<Settings>): void
  toggle(): void
  reset(): Promise<void>
}

export function createExperiment(
  transports: Readonly<Record<TransportName, ClientTransport>>,
  network: Network,
  remembered: Partial<Settings> = {},
): Experiment {
  const page = randomName()
  const settings = signal(readHash(location.hash, remembered))
  const { room } = settings.value
  const rows = signal<readonly Row[]>([])
  const since = signal(now())
  const mixed = signal<readonly string[]>([])
  const starvation = signal<string | undefined>(undefined)
  const announcement = signal('')
  const ready = signal(false)
  const counting = signal(false)
  const visible = signal(!document.hidden)

  const messages = createMessages()
  const samples = Object.fromEntries(transportNames.map((name) => [name, []])) as unknown as Record<
    TransportName,
    Point[]
  >
  let firstLook: Promise<string | undefined> | undefined

  const lanes = transportNames.map((name) =>
    createLane({
      name,
      client: `${page}-${looks[name].suffix}`,
      room,
      transport: transports[name],
      network,
      interval: () => settings.peek().every,
      oneClock: onLoopback(),
      sentAt: (entry) => sender.sentAt(entry),
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
  const sender: Sender = createSender(page, lanes, () => settings.peek().over)
  const generator = createGenerator(sender.say)

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
    sender.reset()
    mixed.value = []
    // Lanes that are behind have yet to deliver what others have: that belongs to before.
    const head = Math.max(0, ...lanes.map(({ lastSeq }) => lastSeq ?? 0))
    for (const lane of lanes) {
      lane.reset(head)
      samples[lane.name].length = 0
    }
    since.value = now()
    refresh()
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

  // Sample traffic waits until the lanes have found, or not found, their connections; a first Run counts from there.
  const settled = computed(() =>
    lanes.every(({ status: { value } }) => value.state !== 'connecting' && value.state !== 'paused'),
  )
  effect(() => {
    if (!visible.value) {
      ready.value = false
      for (const lane of lanes) lane.pause()
      return
    }
    connect()
    const timer = setTimeout(() => {
      ready.value = true
    }, PATIENCE)
    return () => clearTimeout(timer)
  })
  effect(() => {
    if (settled.value) ready.value = true
  })
  let begun = false
  effect(() => {
    if (begun || !ready.value || !settings.value.running) return
    begun = true
    untracked(reset).then(() => {
      counting.value = true
    })
  })

  const pace = computed(() => {
    const { running, rate } = settings.value
    return running && counting.value && ready.value ? rate : 0
  })
  // Each by itself, so that a change of the theme does not begin the traffic anew.
  const arrivals = computed(() => settings.value.arrivals)
  const burst = computed(() => settings.value.burst)
  const payload = computed(() => settings.value.payload)
  effect(() =>
    generator.start({
      rate: pace.value,
      arrivals: arrivals.value,
      burst: burst.value,
      payload: payload.value,
    }),
  )

  effect(() => {
    const link = `${location.pathname}${location.search}${writeHash(settings.value)}`
    history.replaceState(null, '', link)
  })
  addEventListener('hashchange', () => {
    const next = readHash(location.hash, remembered)
    // Another room is another experiment.
    if (next.room !== room) location.reload()
    else change(next)
  })

  document.addEventListener('visibilitychange', () => {
    visible.value = !document.hidden
  })
  setInterval(refresh, TICK)
  setInterval(readTally, READ)
  setInterval(announce, ANNOUNCE)
  refresh()

  return {
    settings,
    lanes,
    messages,
    sender,
    rows,
    samples,
    since,
    mixed,
    starvation,
    announcement,
    change,
    toggle,
    reset,
  }
}

/** Random, without `crypto.randomUUID`, which a LAN address over http does not have. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6))
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, '0')).join('')
}
