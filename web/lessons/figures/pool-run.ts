import type { Held, PoolOutcome, PoolParameters } from '../../../scenarios/lessons/figures/pool.ts'
import type { Tallies } from '../../../server/contract/meter.ts'
import { type TransportName, transportNames } from '../../../server/contract/transports.ts'
import { publishers } from '../../experiments/publishers.ts'
import { until } from '../../experiments/time.ts'
import { linkWith } from '../../network/links.ts'
import { type Target, urlOf } from '../../transports/connection.ts'
import { sse } from '../../transports/sse.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'
import { keepsItsStream, letsGoWhenHidden } from '../broken/seventh-tab.ts'
import { openWire } from './requests-run.ts'

/** One thing that the page asked for, as it is drawn: instants of the page's clock. */
export interface Asked {
  label: string
  transport: TransportName
  client: string
  askedAt: number
  /** The page knows that it is open, or has the answer. */
  openAt?: number
  endedAt?: number
  /** The server has it. */
  arrived: boolean
}

export interface PoolShown {
  asked: readonly Asked[]
  letGoAt: number | undefined
  startedAt: number
  endedAt: number | undefined
}

/** How long those that are held may take to reach the server, in ms. What has not by then, waits. */
const OPENING = 1_000
/** How long the answer may take once there is a connection for it, in ms. */
const LAST = 5_000

const noun = { sse: 'stream', 'long-polling': 'long poll', websocket: 'WebSocket' } as const

/** One run; `show` gets what is known whenever that changes. It leaves nothing open. */
export async function runPool(
  { held: count, by, elsewhere, tabs, patience }: PoolParameters,
  ended: AbortSignal,
  show: (shown: PoolShown) => void,
): Promise<PoolOutcome> {
  const room = `lesson-${randomName()}`
  const way = new URL(location.origin)
  if (elsewhere) way.port = String(await linkWith({}, async () => {}))
  const wire = openWire(undefined, ended)
  const startedAt = now()
  const asked: Asked[] = []
  const holders: Holder[] = []
  let letGoAt: number | undefined
  const tell = (endedAt?: number) => show({ asked: [...asked], letGoAt, startedAt, endedAt })

  /** Asks for one thing more, and puts it among those that are drawn. */
  function add(label: string, transport: TransportName, url: URL, hold: Hold): Asked {
    const entry: Asked = {
      label,
      transport,
      client: `${room}-${asked.length}`,
      askedAt: now(),
      arrived: false,
    }
    asked.push(entry)
    const target = { url: url.origin, room, client: entry.client }
    holders.push(
      hold(target, () => {
        entry.openAt ??= now()
        // Its answer is whole: there is nothing to be held.
        if (transport === 'short-polling') entry.endedAt = entry.openAt
        tell()
      }),
    )
    tell()
    return entry
  }
  const close = (at: number) => {
    const entry = asked[at]
    if (!entry || entry.endedAt !== undefined) return
    entry.endedAt = now()
    holders[at]?.close()
  }

  /** Asks the server which requests it has seen, over a connection of its own. Tells how long that took. */
  async function look(): Promise<number> {
    const query = new URLSearchParams(asked.map(({ client }) => ['client', client]))
    const request = `GET /meter?${query} HTTP/1.1\r\nHost: ${location.host}\r\n\r\n`
    const { exchange } = await wire.ask(new TextEncoder().encode(request), 0)
    const seen: Record<string, Tallies> = JSON.parse(exchange.body)
    for (const each of asked) {
      each.arrived = transportNames.some((name) => (seen[each.client]?.[name].requests ?? 0) > 0)
    }
    tell()
    return exchange.took
  }

  try {
    await look()
    for (let at = 0; at < count; at++) {
      if (tabs) {
        await until(() => asked[at - 1]?.openAt !== undefined || at === 0, now() + OPENING, ended)
        holders[at - 1]?.hide?.()
        const before = asked[at - 1]
        if (before && tabs === 'let-go') before.endedAt = now()
      }
      add(`${tabs ? 'tab' : noun[by]} ${at + 1}`, by, way, tabs ? readingTab(tabs) : holding[by])
    }
    const deadline = now() + OPENING
    do await look()
    while (asked.some(({ arrived }) => !arrived) && now() < deadline)
    const held: Held[] = asked.map(({ arrived }) => ({ arrived }))

    if (tabs === 'let-go') {
      holders[count - 1]?.hide?.()
      const before = asked[count - 1]
      if (before) before.endedAt = now()
    }
    const last = tabs
      ? add(`tab ${count + 1}`, 'sse', way, readingTab(tabs))
      : add('one more', 'short-polling', new URL(location.origin), once)
    const isAnswered = () => last.openAt !== undefined
    const inTime = await until(isAnswered, last.askedAt + patience, ended)
    const directly = await look()
    const { arrived } = last
    if (!inTime && !isAnswered()) {
      letGoAt = now()
      close(0)
      tell()
      await until(isAnswered, now() + LAST, ended)
    }
    const caughtUp = tabs === 'let-go' ? await seeFirstAgain() : undefined
    return {
      held,
      answeredAfter: last.openAt === undefined ? undefined : last.openAt - last.askedAt,
      letGoAfter: letGoAt === undefined ? undefined : letGoAt - last.askedAt,
      arrived,
      directly,
      caughtUp,
    }
  } finally {
    for (const at of asked.keys()) close(at)
    for (const holder of holders) holder.close()
    wire.close()
    tell(now())
  }

  /** Something is said while the first tab is hidden; then it is looked at again. */
  async function seeFirstAgain(): Promise<boolean> {
    const author = publishers.websocket({ url: location.origin, room })
    try {
      await author.ready
      await author.publish({ id: room, name: 'ana', text: 'said while you were away' })
    } finally {
      author.close()
    }
    const [first] = holders
    first?.show?.()
    return until(() => (first?.entries?.() ?? 0) > 0, now() + LAST, ended)
  }
}

/** What is held, or was asked once. */
interface Holder {
  close(): void
  show?(): void
  hide?(): void
  /** Entries that a tab has read. */
  entries?(): number
}

type Hold = (target: Target, onOpen: () => void) => Holder

/** Asks, and reads what comes until it is closed. */
const fetching =
  (path: string, query: Record<string, string>, onEnd: boolean): Hold =>
  (target, onOpen) => {
    const closed = new AbortController()
    const url = urlOf(target, `${path}/${target.room}`, query)
    fetch(url, { signal: closed.signal, cache: 'no-store' })
      .then(async (response) => {
        if (!onEnd) onOpen()
        await response.text()
        if (onEnd) onOpen()
      })
      .catch(() => {}) // It was closed, or never was: then it is not open, and the outcome says so.
    return { close: () => closed.abort() }
  }

const holding: Record<PoolParameters['by'], Hold> = {
  sse: fetching('/sse', {}, false),
  'long-polling': fetching('/long-polling', { wait: '30' }, true),
  websocket(target, onOpen) {
    const url = urlOf(target, `/websocket/${target.room}`)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url)
    socket.onopen = onOpen
    return { close: () => socket.close(1000) }
  },
}

const once = fetching('/short-polling', {}, true)

/** A tab that reads with the product's own client; what it does when it is hidden is the question. */
const readingTab =
  (tabs: 'keep' | 'let-go'): Hold =>
  (target, onOpen) => {
    let entries = 0
    const openTab = tabs === 'keep' ? keepsItsStream : letsGoWhenHidden
    const tab = openTab((after) =>
      sse(
        { ...target, ...(after !== undefined && { after }) },
        {
          onEntry() {
            entries += 1
          },
          onGap() {},
          onStatus({ state }) {
            if (state === 'open') onOpen()
          },
        },
      ),
    )
    return { ...tab, entries: () => entries }
  }
