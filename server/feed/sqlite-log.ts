import { now } from '../clock.ts'
import { type Cursor, formatCursor } from '../contract/cursor.ts'
import { WireError } from '../contract/errors.ts'
import type { Draft, Entry, History } from '../contract/wire.ts'
import { entryJson } from './encoding.ts'
import {
  type Extent,
  entryOf,
  idTaken,
  isRepeat,
  lengthOf,
  receiptOf,
  repeatKey,
  startOf,
} from './entries.ts'
import type { Appended, Log, OnEntry, Records, Slice, Stamp } from './log.ts'
import { openSqliteFile, type Statement } from './sqlite-file.ts'
import { createTails } from './tails.ts'
import { createTurns } from './turns.ts'

export interface SqliteLogOptions {
  /** How many entries a room keeps. Beyond, the oldest goes first. */
  entriesPerRoom?: number
  /** How many rooms there may be. Beyond, the quietest is forgotten. */
  rooms?: number
  /** Older entries are deleted, within a minute or a tenth of this time: ms. Absent: age does not matter. */
  maxAge?: number
  /** The size that the file may have. Beyond, publishing is refused as on a full disk. */
  bytes?: number
  /** Told in a sentence when publishing begins to fail for a reason of the disk, and when it works again. */
  onTrouble?(sentence: string): void
}

interface Room extends Extent {
  /** Rises with each entry of any room: who spoke last, also after a restart. */
  turn: number
}

/** What is kept of every room, as a reader sees it, or as it will be after a commit. */
interface Shelf {
  /** In order of their last entry, the quietest first. */
  rooms: Map<string, Room>
  /**
   * The highest head of a room that was forgotten. Such a room may be born again, and must not use a seq twice: a cursor
   * of its first life would then pass for one of the second. So it begins beyond.
   */
  base: number
}

/** A draft that waits for a commit, and whoever waits for its receipt. */
interface Waiting {
  room: string
  draft: Draft
  stamp: Stamp | undefined
  key: string | undefined
  at: number
  resolve(appended: Appended): void
  reject(error: unknown): void
}

/** What a commit will change. */
interface Plan {
  /** All that is new, in order, with the key of those that may be repeated. */
  fresh: { entry: Entry; key: string | undefined }[]
  /** Rooms that change. */
  touched: Set<string>
  /** Who hears what, once it is on the disk. */
  answers: (() => void)[]
}

/** A commit takes no more entries than this, so that what comes after it need not wait long. */
const MOST_AT_ONCE = 1_000
/** The drafts that wait may weigh this many bytes. Beyond, the disk is too slow for what is published. */
const MOST_WAITING = 64 * 1024 * 1024

/**
 * A log in a file. An append is answered, and heard by followers, when it is on the disk: its transaction is committed
 * and synced. Syncing takes as long for a thousand entries as for one, so whatever comes while a commit is under way goes
 * into the next one together ("group commit").
 *
 * Readers never see what a crash could take back: `kept` is what is committed, and changes when a commit has succeeded.
 */
export async function openSqliteLog(folder: string, options: SqliteLogOptions = {}): Promise<Log> {
  const { entriesPerRoom = 10_000, rooms: maxRooms = 1_000, maxAge, onTrouble = () => {} } = options
  const file = await openSqliteFile(folder, options.bytes)
  const [log] = await file.all<{ epoch: string; base: number }>('SELECT epoch, base FROM log')
  const rows = await file.all<{ name: string } & Room>(
    'SELECT name, first, head, turn FROM rooms ORDER BY turn',
  )
  const epoch = log?.epoch ?? ''
  const kept: Shelf = {
    rooms: new Map(rows.map(({ name, ...room }) => [name, room])),
    base: log?.base ?? 0,
  }
  /** What is kept once the commit under way has succeeded. */
  let planned = copyOf(kept)
  let turn = rows.at(-1)?.turn ?? 0

  const tails = createTails({ perRoom: 500, bytes: 64 * 1024 * 1024 })
  const turns = createTurns()
  const followers = new Set<OnEntry>()
  let waiting: Waiting[] = []
  let weight = 0
  let due = false
  let failing = false
  let closed = false

  // Writing

  function append(room: string, draft: Draft, author: string | undefined, stamp?: Stamp): Promise<Appended> {
    if (closed) return Promise.reject(new WireError('log-unavailable', 'The server is being stopped.'))
    if (weight > MOST_WAITING) {
      return Promise.reject(
        new WireError('log-unavailable', 'The server’s disk cannot keep up. Publish this again in a moment.'),
      )
    }
    return new Promise((resolve, reject) => {
      waiting.push({ room, draft, stamp, key: repeatKey(draft, author), at: now(), resolve, reject })
      weight += weigh(draft)
      commitSoon()
    })
  }

  /** At the end of this turn of the event loop: the requests that came in together are committed together. */
  function commitSoon() {
    if (due) return
    due = true
    setImmediate(() => turns.write(commit).catch(sayWhetherItWorks))
  }

  async function commit() {
    due = false
    const batch = waiting.slice(0, MOST_AT_ONCE)
    waiting = waiting.slice(MOST_AT_ONCE)
    for (const { draft } of batch) weight -= weigh(draft)
    if (waiting.length > 0) commitSoon()
    if (batch.length === 0) return

    let plan: Plan
    try {
      plan = decide(batch, await findKnown(batch))
      if (plan.fresh.length > 0) await file.transact(statementsOf(plan))
    } catch (error) {
      planned = copyOf(kept)
      sayWhetherItWorks(error)
      const refusal = new WireError(
        'log-unavailable',
        'The server cannot store this at the moment. Nothing was published; try again later.',
      )
      for (const { reject } of batch) reject(refusal)
      return
    }
    if (plan.fresh.length > 0) sayWhetherItWorks()
    adopt(plan.touched)
    for (const { entry } of plan.fresh) tails.add(entry)
    try {
      for (const { entry } of plan.fresh) {
        const cursor = formatCursor(epoch, entry.seq)
        for (const onEntry of followers) onEntry(entry, cursor)
      }
    } finally {
      for (const answer of plan.answers) answer()
    }
  }

  /** Entries in the file that drafts of a batch may be repeats of, by room and key. */
  async function findKnown(batch: readonly Waiting[]): Promise<Map<string, Entry>> {
    const asked = batch.filter(({ room, key }) => key !== undefined && kept.rooms.has(room))
    if (asked.length === 0) return new Map()
    const pairs = JSON.stringify(asked.map(({ room, key }) => [room, key]))
    const [found] = await file.all<{ known: string | null }>(
      `SELECT group_concat('[' || json_quote(e.repeat_key) || ',' || e.entry || ']') AS known
       FROM json_each(?) AS asked
       JOIN entries AS e ON e.room = asked.value ->> 0 AND e.repeat_key = asked.value ->> 1`,
      pairs,
    )
    const known = JSON.parse(`[${found?.known ?? ''}]`) as [key: string, entry: Entry][]
    return new Map(known.map(([key, entry]) => [`${entry.room} ${key}`, entry]))
  }

  /** Gives each draft its place, in the order they came, and says what it costs older entries and quiet rooms. */
  function decide(batch: readonly Waiting[], known: Map<string, Entry>): Plan {
    const plan: Plan = { fresh: [], touched: new Set(), answers: [] }
    for (const { room: name, draft, stamp, key, at, resolve, reject } of batch) {
      const room = planned.rooms.get(name) ?? { first: planned.base + 1, head: planned.base }
      const before = key === undefined ? undefined : known.get(`${name} ${key}`)
      if (before && before.seq >= room.first && before.seq <= room.head) {
        plan.answers.push(() => {
          if (isRepeat(before, draft)) resolve({ receipt: receiptOf(before, 'disk'), repeat: true })
          else reject(idTaken(before.id))
        })
        continue
      }
      const entry = entryOf(name, room.head + 1, draft, at, stamp)
      plan.fresh.push({ entry, key })
      plan.answers.push(() => resolve({ receipt: receiptOf(entry, 'disk'), repeat: false }))
      if (key !== undefined) known.set(`${name} ${key}`, entry)

      const first = Math.max(room.first, entry.seq - entriesPerRoom + 1)
      planned.rooms.delete(name)
      planned.rooms.set(name, { first, head: entry.seq, turn: ++turn })
      touch(plan, name)
      for (const [quietest, { head }] of planned.rooms) {
        if (planned.rooms.size <= maxRooms || quietest === name) break
        planned.rooms.delete(quietest)
        planned.base = Math.max(planned.base, head)
        touch(plan, quietest)
      }
    }
    return plan
  }

  /** The plan in SQL. What goes makes room for what comes, and for an id that may be used again. */
  function statementsOf({ fresh, touched }: Plan): Statement[] {
    const gone: [room: string, first: number][] = []
    const forgotten: string[] = []
    const changed: [room: string, first: number, head: number, turn: number][] = []
    for (const name of touched) {
      const before = kept.rooms.get(name)
      const after = planned.rooms.get(name)
      if (after) changed.push([name, after.first, after.head, after.turn])
      else forgotten.push(name)
      const first = after?.first ?? Number.MAX_SAFE_INTEGER
      if (before && first > before.first) gone.push([name, first])
    }
    const entries = fresh
      .filter(({ entry }) => entry.seq >= (planned.rooms.get(entry.room)?.first ?? Number.POSITIVE_INFINITY))
      .map(({ entry, key }) => [entry.room, entry.seq, entry.at, key ?? null, entryJson(entry)])

    const statements: Statement[] = []
    const add = (rows: unknown[], sql: string) => {
      if (rows.length > 0) statements.push([sql, JSON.stringify(rows)])
    }
    add(
      gone,
      `DELETE FROM entries WHERE (room, seq) IN (
         SELECT e.room, e.seq FROM json_each(?) AS gone
         JOIN entries AS e ON e.room = gone.value ->> 0 AND e.seq < gone.value ->> 1)`,
    )
    add(forgotten, 'DELETE FROM rooms WHERE name IN (SELECT value FROM json_each(?))')
    add(
      entries,
      `INSERT INTO entries (room, seq, at, repeat_key, entry)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)`,
    )
    add(
      changed,
      `INSERT INTO rooms (name, first, head, turn)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
       ON CONFLICT (name) DO UPDATE SET first = excluded.first, head = excluded.head, turn = excluded.turn`,
    )
    if (planned.base !== kept.base) statements.push(['UPDATE log SET base = ?', planned.base])
    return statements
  }

  /** What was planned is on the disk: readers may see it. */
  function adopt(touched: ReadonlySet<string>) {
    for (const name of touched) {
      const room = planned.rooms.get(name)
      if (room?.turn !== kept.rooms.get(name)?.turn) kept.rooms.delete(name)
      if (room) kept.rooms.set(name, { ...room })
      else tails.forget(name)
    }
    kept.base = planned.base
  }

  function sayWhetherItWorks(error?: unknown) {
    if (failing === (error !== undefined)) return
    failing = error !== undefined
    onTrouble(
      failing
        ? `Entries cannot be stored: ${error instanceof Error ? error.message : error}. Publishing is refused until they can.`
        : 'Entries are stored again.',
    )
  }

  // Ageing

  /** Deletes what is too old. A room stays, with its head, so that the cursors of those who have read it stay good. */
  async function sweep(age: number) {
    try {
      const [old] = await file.all<{ rooms: string }>(
        `SELECT json_group_array(json_array(name, first)) AS rooms FROM (
           SELECT name, coalesce(
             (SELECT seq FROM entries WHERE room = name AND at >= ? ORDER BY seq LIMIT 1), head + 1) AS first
           FROM rooms)`,
        now() - age,
      )
      const plan: Plan = { fresh: [], touched: new Set(), answers: [] }
      for (const [name, first] of JSON.parse(old?.rooms ?? '[]') as [string, number][]) {
        const room = planned.rooms.get(name)
        if (!room || first <= room.first) continue
        room.first = first
        touch(plan, name)
      }
      if (plan.touched.size === 0) return
      await file.transact(statementsOf(plan))
      for (const name of plan.touched) tails.forget(name)
      adopt(plan.touched)
    } catch (error) {
      planned = copyOf(kept)
      sayWhetherItWorks(error)
    }
  }

  let sweeping: NodeJS.Timeout | undefined
  if (maxAge !== undefined) {
    await sweep(maxAge)
    sweeping = setInterval(() => void turns.write(() => sweep(maxAge)), Math.min(60_000, maxAge / 10)).unref()
  }

  // Reading

  const after = (name: string, cursor: Cursor | undefined, limit: number): Promise<Slice> =>
    read(name, () => stretchOf(name, cursor, limit))

  const before = (name: string, seq: number | undefined, limit: number): Promise<History> =>
    read(name, () => stretchBefore(name, seq, limit))

  /** `stretch` is asked anew when there was something to wait for: what is kept may be other by then. */
  async function read<T extends Stretch>(name: string, stretch: () => T) {
    return fromMemory(name, stretch()) ?? (await turns.read(() => fromFile(name, stretch())))
  }

  function fromMemory<T extends Stretch>(name: string, { from, last, ...rest }: T) {
    const entries = tails.read(name, from, last)
    return entries && { ...rest, entries }
  }

  async function fromFile<T extends Stretch>(name: string, stretch: T) {
    // Another reader may have fetched it while this one waited for its turn.
    const ready = fromMemory(name, stretch)
    if (ready) return ready
    const { from, last, ...rest } = stretch
    const head = kept.rooms.get(name)?.head ?? 0
    if (closed) throw new WireError('log-unavailable', 'The server is being stopped.')
    try {
      const [page] = await file.all<{ entries: string }>(
        `SELECT group_concat(entry) AS entries FROM (
           SELECT entry FROM entries WHERE room = ? AND seq > ? AND seq <= ? ORDER BY seq)`,
        name,
        from,
        last,
      )
      const entries = JSON.parse(`[${page?.entries ?? ''}]`) as Entry[]
      if (entries.length !== last - from)
        throw new Error(`${last - from - entries.length} entries are missing`)
      tails.prepend(name, entries, head)
      return { ...rest, entries }
    } catch (error) {
      onTrouble(`Entries of ${name} cannot be read: ${error instanceof Error ? error.message : error}.`)
      throw new WireError(
        'log-unavailable',
        'The server cannot read this room’s entries at the moment. Try again.',
      )
    }
  }

  /** From where to where a reader gets entries, and what it is told beside them. */
  function stretchOf(name: string, cursor: Cursor | undefined, limit: number) {
    const room = kept.rooms.get(name) ?? { first: kept.base + 1, head: kept.base }
    const { from, gap } = startOf(room, epoch, cursor)
    const last = Math.min(from + limit, room.head)
    const more = last < room.head
    return { start: formatCursor(epoch, from), cursor: formatCursor(epoch, last), gap, more, from, last }
  }

  /** The same for one who reads backwards. */
  function stretchBefore(name: string, seq: number | undefined, limit: number) {
    const { first, head } = kept.rooms.get(name) ?? { first: kept.base + 1, head: kept.base }
    const last = Math.max(0, Math.min((seq ?? head + 1) - 1, head))
    const from = Math.min(last, Math.max(first - 1, last - limit))
    return { cursor: formatCursor(epoch, last), more: last > from && from >= first, from, last }
  }

  // Beside the entries

  async function record(statement: Statement) {
    if (closed) throw new WireError('log-unavailable', 'The server is being stopped.')
    try {
      await turns.write(() => file.transact([statement]))
      sayWhetherItWorks()
    } catch (error) {
      sayWhetherItWorks(error)
      throw new WireError(
        'log-unavailable',
        'The server cannot store this at the moment. Nothing was changed; try again later.',
      )
    }
  }

  const records: Records = {
    async all() {
      const rows = await turns.read(() =>
        file.all<{ name: string; value: string }>('SELECT name, value FROM records'),
      )
      return rows.map(({ name, value }) => [name, JSON.parse(value)])
    },
    put: (name, value) =>
      record([
        'INSERT INTO records (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        name,
        JSON.stringify(value),
      ]),
    delete: (name) => record(['DELETE FROM records WHERE name = ?', name]),
  }

  return {
    append,
    after,
    before,
    rooms: () => [...kept.rooms.keys()].reverse(),
    head: (room) => kept.rooms.get(room)?.head ?? kept.base,
    records,
    follow(onEntry) {
      followers.add(onEntry)
      return () => followers.delete(onEntry)
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(sweeping)
      while (waiting.length > 0) await turns.write(commit)
      await turns.write(() => file.close())
      followers.clear()
    },
  }
}

/** Entries after the seq `from` up to `last`. */
interface Stretch {
  from: number
  last: number
}

/** The latest touch counts. */
function touch({ touched }: Plan, name: string) {
  touched.delete(name)
  touched.add(name)
}

const copyOf = ({ rooms, base }: Shelf): Shelf => ({
  rooms: new Map([...rooms].map(([name, room]) => [name, { ...room }])),
  base,
})

/** What a waiting draft weighs, in bytes. */
const weigh = (draft: Draft) => 2 * lengthOf(draft) + 400
