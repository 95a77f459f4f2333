import { io } from 'socket.io-client'
import type {
  PresenceOutcome,
  PresenceParameters,
  Sight,
  Typist,
} from '../../../scenarios/lessons/figures/presence.ts'
import { type TransportName, transportNames } from '../../../server/contract/transports.ts'
import type { Entry, Page, Presence } from '../../../server/contract/wire.ts'
import { watchSight } from '../../experiments/page.ts'
import { pause, until, within } from '../../experiments/time.ts'
import { cut, linkWith } from '../../network/links.ts'
import type { Connection, Target } from '../../transports/connection.ts'
import { transports } from '../../transports/index.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'

/** What is seen of a run. Times are ms from the first key. */
export interface PresenceShown {
  people: readonly Typist[]
  startedAt: number
  endedAt: number | undefined
  watchedUntil: number | undefined
}

/** From one key to the next, in ms: a quick typist. */
const KEY = 100
/** How long anything may take, in ms. */
const PATIENCE = 15_000
/** For how long nobody who was cut may come back, in ms: longer than any run. */
const BARRED = 120_000

const names: Readonly<Record<TransportName, string>> = {
  'short-polling': 'Ada',
  'long-polling': 'Bo',
  sse: 'Cleo',
  websocket: 'Dan',
  'socket-io': 'Eva',
}

/** One run; `show` follows it. It leaves nothing open. */
export async function runPresence(
  parameters: PresenceParameters,
  ended: AbortSignal,
  show: (shown: PresenceShown) => void,
): Promise<PresenceOutcome> {
  const { ending, typing, watch, broken } = parameters
  const run = randomName()
  const room = `lesson-${run}`
  const port = await linkWith({}, async () => {})
  const link = new URL(location.origin)
  link.port = String(port)

  /** How the server calls each who has spoken, by the id of what they said. */
  const callings = new Map<string, Entry['from']>()
  let startedAt = Number.POSITIVE_INFINITY
  let endedAt: number | undefined
  let latest: Presence | undefined
  let updates = 0
  let published = 0
  const since = (at: number) => at - startedAt

  const people = transportNames
    .filter((transport) => parameters.transports.includes(transport))
    .map((transport) => {
      const client = `${run}-${names[transport]}`
      const signals: number[] = []
      const target = { url: link.origin, room, client, interval: parameters.interval, wait: parameters.wait }
      return {
        transport,
        client,
        signals,
        keys: 0,
        seen: [] as Sight[],
        ...connect(transport, {
          ...target,
          ...overheard(fetchThrough(broken), () => signals.push(since(now()))),
        }),
      }
    })
  // A guest, who is nobody's other device: the browser may hold the session of one who types.
  const finn = connect(
    'sse',
    { url: location.origin, room, client: `${run}-Finn`, fetch: fetchThrough(broken, 'omit') },
    {
      onEntry: ({ id, from }) => callings.set(id, from),
      onPresence(presence) {
        latest = presence
        if (since(now()) >= 0) updates += 1
        look()
      },
    },
  )
  const sight = watchSight()

  function sightOf(client: string): Omit<Sight, 'at'> {
    const from = callings.get(helloOf(client))
    const isAmong = (present: Presence['online'] = []) =>
      present.some(({ id, name }) => id === from?.id && (id !== undefined || name === from?.name))
    return { isOnline: isAmong(latest?.online), isTyping: isAmong(latest?.typing) }
  }

  /** Keeps what is news of each. */
  function look() {
    if (startedAt === Number.POSITIVE_INFINITY) return
    for (const { client, seen } of people) {
      const { isOnline, isTyping } = sightOf(client)
      const last = seen.at(-1)
      if (last?.isOnline === isOnline && last.isTyping === isTyping) continue
      seen.push({ at: since(now()), isOnline, isTyping })
    }
    tell()
  }

  const typists = (): Typist[] =>
    people.map(({ transport, keys, signals, seen }) => ({
      transport,
      name: names[transport],
      keys,
      signals: [...signals],
      seen: [...seen],
    }))

  function tell(watchedUntil?: number) {
    show({ people: typists(), startedAt, endedAt: endedAt && since(endedAt), watchedUntil })
  }

  const sayAll = (text: string, idOf: (client: string) => string) =>
    within(
      PATIENCE,
      Promise.all(
        people.map(async ({ transport, client, connection }) => {
          await connection.publish({ id: idOf(client), name: names[transport], text })
          published += 1
        }),
      ),
      ended,
    )

  try {
    await reached(
      () => [...people, finn].every(({ isOpen }) => isOpen()),
      'Not everybody could connect. Other tabs may hold the six connections that a browser allows to one server.',
    )
    await sayAll('Hello', helloOf)
    await reached(
      () => people.every(({ client }) => sightOf(client).isOnline),
      'Not everybody was seen to be online.',
    )

    startedAt = now()
    look()
    for (let key = 0; key * KEY < typing * 1_000; key++) {
      await pause(startedAt + key * KEY, ended)
      for (const typist of people) {
        typist.connection.typing?.()
        typist.keys += 1
      }
      tell()
    }
    await pause(startedAt + typing * 1_000, ended)

    endedAt = now()
    tell()
    if (ending === 'sent') await sayAll('So that was the word', (client) => `${client}-2`)
    if (ending === 'half-open' || ending === 'fin') {
      await Promise.all(people.map(({ client }) => cut(port, client, ending, BARRED)))
    }
    await pause(endedAt + watch * 1_000, ended)
    const watchedUntil = since(now())
    tell(watchedUntil)
    if (sight.hidden)
      throw new Error('This tab was hidden during the run, and browsers slow hidden tabs down.')
    return {
      people: typists(),
      endedAt: since(endedAt),
      watchedUntil,
      updates,
      published,
      logged: await entriesIn(room),
    }
  } finally {
    sight.stop()
    for (const { connection } of [...people, finn]) connection.close()
    // Of a connection that neither end knows to be dead nobody else would ever free the link.
    await Promise.all(people.map(({ client }) => cut(port, client, 'rst', 0)))
  }

  async function reached(condition: () => boolean, otherwise: string) {
    if (!(await until(condition, now() + PATIENCE, ended))) throw new Error(otherwise)
  }
}

const helloOf = (client: string) => `${client}-1`

/** One in the room, who asks who else is and says, as the chat does, that somebody looks at the device. */
function connect(
  transport: TransportName,
  target: Target,
  hears: { onEntry?(entry: Entry): void; onPresence?(presence: Presence): void } = {},
): { connection: Connection; isOpen(): boolean } {
  let isOpen = false
  const connection = transports[transport](target, {
    onEntry: () => {},
    onGap: () => {},
    onPresence: () => {},
    ...hears,
    onStatus({ state }) {
      isOpen = state === 'open'
    },
  })
  connection.away?.(false)
  return { connection, isOpen: () => isOpen }
}

type SocketOptions = Parameters<typeof io>[1]

/** The platform's own, of which is heard when a client says that somebody types: by POST, in a frame or as an event. */
function overheard(
  ask: typeof fetch,
  onTyping: () => void,
): Required<Pick<Target, 'fetch' | 'WebSocket' | 'io'>> {
  return {
    fetch(input, init) {
      if (new URL(String(input)).pathname.endsWith('/typing')) onTyping()
      return ask(input, init)
    },
    WebSocket: class extends WebSocket {
      override send(data: Parameters<WebSocket['send']>[0]) {
        if (String(data).startsWith('{"typing":')) onTyping()
        super.send(data)
      }
    },
    // Our client gives it an address and options; the type allows for options alone.
    io(address?: string | SocketOptions, options?: SocketOptions) {
      const socket = io(String(address), options)
      socket.onAnyOutgoing((event) => {
        if (event === 'typing') onTyping()
      })
      return socket
    },
  }
}

/** Where SSE asks may be another place. */
function fetchThrough(broken: PresenceParameters['broken'], credentials?: RequestCredentials): typeof fetch {
  return (input, init) => {
    const url = new URL(String(input))
    if (broken) url.pathname = url.pathname.replace(/^\/sse\//, `/lessons/broken/${broken}/`)
    return fetch(url, credentials ? { ...init, credentials } : init)
  }
}

async function entriesIn(room: string): Promise<number> {
  const response = await fetch(`/short-polling/${room}?after=0`, {
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE),
  })
  const { entries }: Page = await response.json()
  return entries.length
}
