import { batch, type ReadonlySignal, signal } from '@preact/signals'
import { parseCursor } from '../../server/contract/cursor.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Draft, Entry, History, Presence } from '../../server/contract/wire.ts'
import { createDrafts, type Drafts } from '../dashboard/drafts.ts'
import { ask } from '../network/ask.ts'
import { createSequenceChecker, type Sequence } from '../network/sequence.ts'
import { type Connection, type Listener, PublishError, type Status } from '../transports/connection.ts'
import { transports } from '../transports/index.ts'
import { now } from '../ui/clock.ts'

/** What somebody says in a room, on its way. */
export interface Saying {
  draft: Draft
  over: TransportName
}

/** One room, over whichever transport is chosen now. */
export interface Talk {
  readonly room: string
  readonly entries: ReadonlySignal<readonly Entry[]>
  /** `paused`: another room is looked at. */
  readonly status: ReadonlySignal<Status | { state: 'paused' }>
  /** True when there is more before the first entry. */
  readonly more: ReadonlySignal<boolean>
  readonly readingBack: ReadonlySignal<boolean>
  /** What is under way and has not come back yet. */
  readonly sending: ReadonlySignal<readonly Draft[]>
  readonly drafts: Drafts<Saying>
  readonly presence: ReadonlySignal<Presence | undefined>
  /** What the feed has brought since the room was opened, over all its transports. */
  readonly sequence: ReadonlySignal<Readonly<Sequence>>
  /** Connects over a transport, where the one before stood; over the same, unless it is connected. */
  listen(over: TransportName): void
  /** Lets go of the connection; `listen` goes on where it was. */
  pause(): void
  readBack(): Promise<void>
  /** Forgets the oldest, if there are very many: they can be read back. */
  trim(): void
  /** Somebody is writing. */
  typing(): void
  /** Whether nobody looks at this page. */
  away(isAway: boolean): void
}

interface TalkOptions {
  room: string
  /** The name under which the meter knows a transport of this page. */
  clients: Readonly<Record<TransportName, string>>
  newId(): string
  onEntry(entry: Entry): void
  /** What this page said has come back, after `ms`. */
  onDelivered(over: TransportName, ms: number): void
  /** The server says that the session is over. */
  onExpired(): void
}

const AT_FIRST = 50
const AT_ONCE = 100
const MOST = 1_000
/** Lists change at most this often, in ms: people read no faster, and layout is what costs. */
const BEAT = 100
/** How long a message waits for a connection that is being made, in ms. */
const PATIENCE = 5_000

export function createTalk(options: TalkOptions): Talk {
  const { room } = options
  const entries = signal<readonly Entry[]>([])
  const status = signal<Status | { state: 'paused' }>({ state: 'paused' })
  const more = signal(false)
  const readingBack = signal(false)
  const sending = signal<readonly Draft[]>([])
  const presence = signal<Presence | undefined>(undefined)
  const checker = createSequenceChecker()
  const sequence = signal<Readonly<Sequence>>({ ...checker.counts })
  const sent = new Map<string | undefined, number>()
  let next: Entry[] = []
  /** Ids of what has come and is not shown yet. */
  const come = new Set<string | undefined>()
  let due = false
  let connection: Connection | undefined
  let over: TransportName | undefined
  let cursor: string | undefined
  /** What a connection says after it was let go is not about this talk any more. */
  let turn = 0

  const drafts = createDrafts<Saying>({
    attempt: (text) => ({
      draft: { text, id: options.newId(), sentAt: Math.round(now() * 10) / 10 },
      over: over ?? 'websocket',
    }),
    publish,
  })

  function show(): void {
    if (due) return
    due = true
    setTimeout(() => {
      due = false
      paint()
    }, BEAT)
  }

  /** What one said goes from under way into the log in one step: at no instant is it in neither. */
  function paint(): void {
    batch(() => {
      entries.value = next.slice()
      sequence.value = { ...checker.counts }
      if (come.size > 0) sending.value = sending.peek().filter(({ id }) => !come.has(id))
      come.clear()
    })
  }

  /** Reads the latest first, and listens from there, so that nothing lies between. */
  async function begin(transport: TransportName): Promise<void> {
    const mine = ++turn
    over = transport
    status.value = { state: 'connecting' }
    try {
      const latest = await ask<History>('GET', `/rooms/${room}/history?limit=${AT_FIRST}`)
      if (mine !== turn) return
      next = latest.entries
      more.value = latest.more
      cursor = latest.cursor
      checker.start(parseCursor(cursor).seq)
      checker.reset(parseCursor(cursor).seq)
      show()
      const last = next.at(-1)
      if (last) options.onEntry(last)
      connect(transport)
    } catch (error) {
      if (mine !== turn) return
      const { code, message } = error as Error & { code?: string }
      status.value = { state: 'closed', reason: message, ...(code !== undefined && { code }) }
      if (code === 'expired' || code === 'unauthorized') options.onExpired()
    }
  }

  function connect(transport: TransportName): void {
    const mine = ++turn
    over = transport
    const current = () => mine === turn
    const listener: Listener = {
      onEntry: (entry) => current() && take(entry),
      onGap() {
        if (!current()) return
        checker.gap()
        next = []
        more.value = false
        show()
      },
      onStatus(said) {
        if (!current()) return
        status.value = said
        if ('code' in said && (said.code === 'expired' || said.code === 'unauthorized')) {
          pause()
          options.onExpired()
        }
      },
      onPresence(said) {
        if (current()) presence.value = said
      },
    }
    status.value = { state: 'connecting' }
    const target = { url: location.origin, room, client: options.clients[transport] }
    connection = transports[transport](
      { ...target, ...(cursor !== undefined && { after: cursor }) },
      listener,
    )
    connection.away?.(document.hidden)
  }

  function take(entry: Entry): void {
    const sentAt = sent.get(entry.id)
    if (sentAt !== undefined && over) {
      options.onDelivered(over, now() - sentAt)
      sent.delete(entry.id)
    }
    come.add(entry.id)
    drafts.arrive(entry)
    // A client hands over each entry once; should it not, the count says so and the log shows it once.
    if (checker.entry(entry.seq)) next.push(entry)
    options.onEntry(entry)
    show()
  }

  /** Under another transport it goes again: should it have got through before, its id tells, and it appears once. */
  async function publish({ draft }: Saying): Promise<void> {
    sending.value = [...sending.peek().filter(({ id }) => id !== draft.id), draft]
    sent.set(draft.id, draft.sentAt ?? now())
    for (;;) {
      await settled()
      const mine = turn
      try {
        if (!connection) throw new PublishError('network', 'There is no connection now.')
        await connection.publish(draft)
        return
      } catch (error) {
        if (turn !== mine && error instanceof PublishError && error.code === 'network') continue
        sending.value = sending.peek().filter(({ id }) => id !== draft.id)
        sent.delete(draft.id)
        throw error
      }
    }
  }

  /** Resolves when the connection that is being made is made, or is not. */
  function settled(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, PATIENCE)
      const stop = status.subscribe(({ state }) => {
        if (state !== 'connecting') queueMicrotask(done)
      })
      function done() {
        clearTimeout(timer)
        stop()
        resolve()
      }
    })
  }

  function pause(): void {
    turn += 1
    cursor = connection?.cursor ?? cursor
    connection?.close()
    connection = undefined
    presence.value = undefined
    status.value = { state: 'paused' }
  }

  return {
    room,
    entries,
    status,
    more,
    readingBack,
    sending,
    drafts,
    presence,
    sequence,

    listen(transport) {
      if (transport === over && status.peek().state !== 'paused' && status.peek().state !== 'closed') return
      pause()
      if (cursor === undefined) void begin(transport)
      else connect(transport)
    },

    pause,

    async readBack() {
      const [first] = next
      if (!first || !more.peek() || readingBack.peek()) return
      readingBack.value = true
      try {
        const path = `/rooms/${room}/history?before=${first.seq}&limit=${AT_ONCE}`
        const earlier = await ask<History>('GET', path)
        // A log that began anew meanwhile has other entries under these seqs.
        if (next[0] !== first) return
        next = [...earlier.entries, ...next]
        more.value = earlier.more
        paint()
      } catch {
        // Asking again is a scroll or a click away.
      } finally {
        readingBack.value = false
      }
    },

    trim() {
      if (next.length <= MOST) return
      next = next.slice(-MOST / 2)
      more.value = true
      show()
    },

    typing: () => connection?.typing?.(),
    away: (isAway) => connection?.away?.(isAway),
  }
}
