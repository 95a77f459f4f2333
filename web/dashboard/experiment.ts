import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { RestartState } from '../../server/contract/restart.ts'
import { pathOf, type TransportName, transportNames } from '../../server/contract/transports.ts'
import type { Page } from '../../server/contract/wire.ts'
import { Trouble } from '../network/ask.ts'
import { RECORDED } from '../network/conditions.ts'
import { slowest } from '../network/links.ts'
import { restartServer, restartState } from '../network/restart.ts'
import { createRoute, type Route, type Way } from '../network/route.ts'
import { createUpgradeWatch } from '../network/upgrades.ts'
import type { ClientTransport } from '../transports/connection.ts'
import { now } from '../ui/clock.ts'
import { onLoopback } from '../ui/host.ts'
import { looks } from '../ui/lanes.ts'
import { createDisturbances, type Disturbances, type LinkFault, overLink } from './disturbances.ts'
import { createDrafts, type Drafts } from './drafts.ts'
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

/** A link that may have gone is asked for this often, ms. */
const RENEW = 3_000

/** Settings that figures depend on. */
const circumstances = [
  { key: 'rate', label: 'traffic' },
  { key: 'arrivals', label: 'when messages come' },
  { key: 'burst', label: 'size of bursts' },
  { key: 'payload', label: 'what is said' },
  { key: 'every', label: 'poll interval' },
  { key: 'over', label: 'sending lane' },
  { key: 'network', label: 'network' },
] as const

/** The page's one experiment: its settings, its lanes, what it sends and what comes of that. */
export interface Experiment {
  readonly settings: ReadonlySignal<Settings>
  readonly lanes: readonly Lane[]
  readonly messages: Messages
  readonly sender: Sender
  /** What a person writes here. */
  readonly drafts: Drafts
  /** The figures of all lanes, four times a second. */
  readonly rows: ReadonlySignal<readonly Row[]>
  /** Requests of each lane over the seconds since counting began. */
  readonly samples: Readonly<Record<TransportName, readonly Point[]>>
  /** Since when figures count, ms since 1970. */
  readonly since: ReadonlySignal<number>
  /** What was changed since, so that the figures mix what was before and after. */
  readonly mixed: ReadonlySignal<readonly string[]>
  /** How the lanes reach the server. */
  readonly route: Omit<Route, 'take' | 'isGone' | 'complain'>
  /** What was done to their connections, and how they came through. */
  readonly disturbances: Omit<Disturbances, 'cause'>
  /** Whether something on the way seems to refuse WebSockets. */
  readonly upgradesRefused: ReadonlySignal<boolean>
  /** Why requests of this page do not get through. */
  readonly starvation: ReadonlySignal<string | undefined>
  /** What somebody who does not see the page should hear, every 5 s. */
  readonly announcement: ReadonlySignal<string>
  change(settings: Partial<Settings>): void
  toggle(): void
  reset(): Promise<void>
  /** Does something to the connections of these lanes, or of all; lanes without a link move to a clear one first. */
  disturb(fault: LinkFault, lanes?: readonly Lane[]): Promise<void>
  /** What the server says about being restarted; nothing while it has not. */
  readonly restartable: ReadonlySignal<RestartState | undefined>
  /** Whether it restarts just now. */
  readonly restarting: ReadonlySignal<boolean>
  /** Ends the server, which starts again: all lanes lose it, and come back by themselves. Says why it may not. */
  restart(): Promise<void>
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

  const upgrades = createUpgradeWatch()
  const upgradesRefused = signal(false)
  const disturbances = createDisturbances()
  /** Lanes are on their way to another network: nothing is sent that would count for neither. */
  const warming = signal(0)

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
      onEntry(entry) {
        messages.arrive(entry, name)
        drafts.arrive(entry)
      },
      onGap: messages.follow,
      onCrossing(crossing) {
        if (name !== 'websocket') return
        if (crossing.kind === 'failed') upgrades.handshakeFailed(crossing.at)
        else if (crossing.kind === 'open') upgrades.clear()
      },
    }),
  )
  for (const lane of lanes) {
    lane.watch({
      lost() {},
      open() {},
      answer: (_at, askedAt) => upgrades.httpAnswered(askedAt),
      entry() {},
      gap() {},
    })
  }
  const clients = Object.fromEntries(lanes.map(({ name, client }) => [name, client])) as Record<
    TransportName,
    string
  >
  const route = createRoute(new URL(location.origin), Object.values(clients), ({ url, conditions }) => {
    upgrades.clear()
    for (const lane of lanes) lane.move({ url, handshake: conditions.rtt ?? 0 })
  })
  const tally = createTallyReader(clients)
  const tabs = countTabs(page)
  const sender: Sender = createSender(page, lanes, () => settings.peek().over)
  const drafts = createDrafts(sender)
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

  let firstMove: Promise<unknown> | undefined

  async function connect(): Promise<void> {
    firstLook ??= look()
    firstMove ??= takeNetwork(settings.peek().network)
    const cursor = await firstLook
    // A link that was not needed for a while may have been given to somebody else.
    await Promise.all([firstMove, renew()])
    if (!visible.peek()) return
    for (const lane of lanes) lane.connect(cursor)
  }

  let taking: { network: string; done: Promise<Way> } | undefined

  /** Moves the lanes, and warms up what is new to the browser there. The setting is what came of it. */
  function takeNetwork(network: string): Promise<Way> {
    if (taking?.network === network) return taking.done
    const mine = { network, done: move(network) }
    taking = mine
    return mine.done.finally(() => {
      if (taking === mine) taking = undefined
    })
  }

  async function move(network: string): Promise<Way> {
    const before = route.way.peek()
    const way = await route.take(network)
    // Another wish came in between.
    if (!way) return route.way.peek()
    if (settings.peek().network === network && way.network !== network) change({ network: way.network })
    if (way.url !== before.url && way.port !== undefined) void warmUp(way)
    return way
  }

  async function renew(): Promise<void> {
    if (await route.isGone()) await takeNetwork(route.way.peek().network)
  }

  /**
   * To another port a browser asks leave before it publishes JSON (a preflight), and it needs a connection: once for
   * each lane that publishes over HTTP, so it is done before figures count. Said again it is a repeat, and no new entry.
   */
  async function warmUp(way: Way): Promise<void> {
    warming.value += 1
    const patience = slowest(way.conditions)
    await Promise.all(
      lanes
        .filter(({ name }) => name !== 'websocket' && name !== 'socket-io')
        .map(async (lane) => {
          await opens(lane, patience)
          const draft = {
            id: `${lane.client}-warm-up`,
            name: 'this page',
            text: `Warm-up of ${looks[lane.name].label}`,
          }
          await within(patience, lane.publish(draft))
        }),
    )
    warming.value -= 1
  }

  async function disturb(fault: LinkFault, whom: readonly Lane[] = lanes): Promise<void> {
    let way = route.way.peek()
    const moved = way.port === undefined
    if (moved) {
      change({ network: RECORDED })
      way = await takeNetwork(RECORDED)
      await Promise.all(lanes.map((lane) => opens(lane, slowest(way.conditions))))
    }
    const { port } = way
    // Then the route has said why.
    if (port === undefined) return
    try {
      await disturbances.cause(fault, whom, overLink(fault, port), {
        network: way.network,
        movedFirst: moved,
      })
    } catch (error) {
      complain(error)
    }
  }

  const complain = (error: unknown) =>
    route.complain(error instanceof Trouble ? error.message : String(error))

  const restartable = signal<RestartState | undefined>(undefined)
  const restarting = signal(false)
  restartState().then(
    (state) => {
      restartable.value = state
    },
    // Then there is no telling, and no button.
    () => {},
  )

  async function restart(): Promise<void> {
    const { allowed, why, keeps } = restartable.peek() ?? {}
    if (restarting.peek() || !allowed) return why === undefined ? undefined : route.complain(why)
    restarting.value = true
    const { network } = route.way.peek()
    // Links end with the server: who is on one can only come back when there is another.
    const once = restartServer().then(async (state) => {
      restartable.value = state
      await renew()
      return undefined
    })
    try {
      await disturbances.cause({ kind: 'restart' }, lanes, () => once, {
        network,
        movedFirst: false,
        ...(keeps === false && { note: 'entries were in memory, so the log began anew' }),
      })
    } catch (error) {
      complain(error)
    }
    restarting.value = false
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
    disturbances.reset()
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
    disturbances.refresh()
    upgradesRefused.value = upgrades.refused
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
  const unsettled = computed(() => warming.value > 0 || route.asking.value)
  let begun = false
  effect(() => {
    if (begun || !ready.value || unsettled.value || !settings.value.running) return
    begun = true
    untracked(reset).then(() => {
      counting.value = true
    })
  })

  const pace = computed(() => {
    const { running, rate } = settings.value
    return running && counting.value && ready.value && !unsettled.value ? rate : 0
  })
  // The page's first network is taken as it connects; here, another one.
  const wish = computed(() => settings.value.network)
  effect(() => {
    const wanted = wish.value
    untracked(() => {
      if (firstMove && wanted !== route.way.peek().network) void takeNetwork(wanted)
    })
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
  setInterval(() => {
    const isOpen = lanes.some(({ status }) => status.peek().state === 'open')
    if (visible.peek() && !isOpen) void renew()
  }, RENEW)
  refresh()

  return {
    settings,
    lanes,
    messages,
    sender,
    drafts,
    rows,
    samples,
    since,
    mixed,
    route,
    disturbances,
    upgradesRefused,
    starvation,
    announcement,
    change,
    toggle,
    reset,
    disturb,
    restartable,
    restarting,
    restart,
  }
}

/** Resolves when the lane is open, or after so many ms. */
function opens({ status }: Lane, patience: number): Promise<void> {
  const open = new Promise<void>((resolve) => {
    const stop = effect(() => {
      if (status.value.state !== 'open') return
      // The first look happens before there is anything to stop.
      queueMicrotask(() => stop())
      resolve()
    })
    setTimeout(stop, patience)
  })
  return within(patience, open)
}

/** Resolves when it has settled, either way, or after so many ms. */
async function within(patience: number, done: Promise<unknown>): Promise<void> {
  await Promise.race([done.catch(() => {}), new Promise((resolve) => setTimeout(resolve, patience))])
}

/** Random, without `crypto.randomUUID`, which a LAN address over http does not have. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6))
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, '0')).join('')
}
