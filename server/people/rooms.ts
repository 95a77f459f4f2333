import { WireError } from '../contract/errors.ts'
import type { Room } from '../contract/people.ts'
import type { Log } from '../feed/log.ts'
import { type Person, randomId, type Sessions } from './sessions.ts'

/**
 * Who shares which room. A public room is whoever names it; the others have members, and names that only the server
 * gives out. So whether there is one of a name can be asked by its members alone: to everybody else every such name is
 * that of a room which does not exist.
 */
export interface Rooms {
  /** THE function: whether somebody, or a guest, may read and write a room. Every path asks it, and none decides. */
  may(room: string, person: Pick<Person, 'id'> | undefined): boolean
  /** What somebody who may read it sees of a room. Throws `not-found`. */
  see(room: string, person: Person | undefined): Room
  /** The person's own rooms, then public ones, the latest spoken in first. */
  list(person: Person | undefined): Room[]
  /** Makes a private room, of which the person is the owner. */
  create(owner: Person, name: string): Promise<Room>
  /** The one room of two people: made when it is first asked for. Throws `not-found` where there is nobody of this id. */
  direct(person: Person, other: string): Promise<{ room: Room; isNew: boolean }>
  /** Makes the invitation of a private room anew: one that was given before is good no more. */
  invite(room: string, owner: Person): Promise<Room>
  /** Takes the invitation back, without another. */
  revoke(room: string, owner: Person): Promise<void>
  join(person: Person, invite: string): Promise<Room>
  leave(room: string, person: Person): Promise<void>
  /** Ends somebody's membership, and the invitation by which they might come back. */
  remove(room: string, owner: Person, member: string): Promise<void>
  /** Knows from now on how somebody is called, and until when they may come. */
  welcome(person: Person): Promise<void>
  /** Calls back when somebody has ceased to be a member: from then on they may not read. */
  onGone(callback: (room: string, person: string) => void): void
}

/** Public rooms may not begin like this. */
export const isGuarded = (room: string) => room.startsWith('private-') || room.startsWith('direct-')

/** What is kept of a room that has members. */
interface Kept {
  room: string
  kind: 'private' | 'direct'
  name: string
  /** Absent in a direct room. */
  owner?: string
  members: { id: string; name: string }[]
  invite?: string
}

/** What is kept of somebody: what they are called, and when their session ends, in ms since 1970. */
interface Known {
  name: string
  until: number
}

/** Beyond, those go whom nobody can come back to; where there are none, no more are made. */
const MAX_ROOMS = 2_000
const MAX_PEOPLE = 20_000
const MAX_OWNED = 50
const MAX_MEMBERS = 500
/** Public rooms in a list. */
const MAX_LISTED = 100

/** Reads what a log has kept of its rooms. `nameFor`: of sessions. */
export async function createRooms(log: Log, { nameFor }: Pick<Sessions, 'nameFor'>): Promise<Rooms> {
  const rooms = new Map<string, Kept>()
  const people = new Map<string, Known>()
  const invites = new Map<string, string>()
  const callbacks: ((room: string, person: string) => void)[] = []
  for (const [name, value] of await log.records.all()) {
    const [what, id = ''] = name.split(' ')
    if (what === 'person') people.set(id, value as Known)
    else adopt(value as Kept)
  }

  // Changes come one after the other: each is decided by what the one before has left.
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = turn.then(change)
    turn = result.catch(() => {})
    return result
  }

  /** Keeps what a room has become, and then lets it be seen, with a line for its members. */
  async function change(room: Kept, by: Pick<Person, 'id' | 'name'>, notice: string) {
    await log.records.put(`room ${room.room}`, room)
    adopt(room)
    const stamp = { kind: 'notice', from: { name: by.name, id: by.id } } as const
    await log.append(room.room, { text: notice }, undefined, stamp)
  }

  function adopt(room: Kept) {
    const before = rooms.get(room.room)
    if (before?.invite !== undefined) invites.delete(before.invite)
    if (room.invite !== undefined) invites.set(room.invite, room.room)
    rooms.set(room.room, room)
    for (const { id } of before?.members ?? []) if (!isMember(room, id)) tellGone(room.room, id)
  }

  async function forget(room: Kept) {
    await log.records.delete(`room ${room.room}`)
    rooms.delete(room.room)
    if (room.invite !== undefined) invites.delete(room.invite)
    for (const { id } of room.members) tellGone(room.room, id)
  }

  function tellGone(room: string, person: string) {
    for (const callback of callbacks) callback(room, person)
  }

  function roomOf(name: string, person: Pick<Person, 'id'> | undefined): Kept {
    const room = rooms.get(name)
    if (!room || !may(name, person)) throw noRoom()
    return room
  }

  function ownedBy(name: string, person: Person): Kept {
    const room = roomOf(name, person)
    if (room.kind === 'direct') throw new WireError('not-allowed', 'A direct room is for its two people.')
    if (room.owner !== person.id)
      throw new WireError('not-allowed', 'Only the owner of this room may do that. Ask them.')
    return room
  }

  /** Makes room for one more, where there are those in which nobody can be any more. */
  async function makePlace() {
    if (rooms.size < MAX_ROOMS) return
    const time = Date.now()
    const abandoned = [...rooms.values()].find(({ members }) =>
      members.every(({ id }) => (people.get(id)?.until ?? 0) < time),
    )
    if (!abandoned)
      throw new WireError('too-many', 'This server has all the rooms it can keep. Leave one.', 60)
    await forget(abandoned)
  }

  function may(room: string, person: Pick<Person, 'id'> | undefined): boolean {
    if (!isGuarded(room)) return true
    const kept = rooms.get(room)
    return person !== undefined && kept !== undefined && isMember(kept, person.id)
  }

  function seen({ invite, ...room }: Kept, { id }: Pick<Person, 'id'>): Room {
    const other = room.members.find((member) => member.id !== id)
    const name = room.kind === 'direct' ? nameOf(other ?? room) : room.name
    const members = room.members.map(({ id, name }) => ({ id, name: nameOf({ id, name }) }))
    const invited = invite !== undefined && room.owner === id && { invite }
    return { ...room, name, members, head: log.head(room.room), ...invited }
  }

  /** What somebody is called now, as far as that is known. */
  const nameOf = ({ id = '', name }: { id?: string; name: string }) => people.get(id)?.name ?? name

  const publicRoom = (name: string): Room => ({ room: name, kind: 'public', name, head: log.head(name) })

  return {
    may,

    see(name, person) {
      if (!isGuarded(name)) return publicRoom(name)
      const room = roomOf(name, person)
      return seen(room, person ?? { id: '' })
    },

    list(person) {
      const own = person ? [...rooms.values()].filter((room) => isMember(room, person.id)) : []
      const shared = log.rooms().filter((name) => !isGuarded(name))
      return [
        ...own.map((room) => seen(room, person ?? { id: '' })),
        ...shared.slice(0, MAX_LISTED).map(publicRoom),
      ]
    },

    create: (owner, name) =>
      inTurn(async () => {
        const owned = [...rooms.values()].filter((room) => room.owner === owner.id)
        if (owned.length >= MAX_OWNED)
          throw new WireError('too-many', `You own ${MAX_OWNED} rooms. Leave one first.`, 60)
        await makePlace()
        const room: Kept = {
          room: `private-${randomId(24)}`,
          kind: 'private',
          name,
          owner: owner.id,
          members: [memberOf(owner)],
        }
        await change(room, owner, `${owner.name} opened this room.`)
        return seen(room, owner)
      }),

    direct: (person, other) =>
      inTurn(async () => {
        const known = people.get(other)
        if (!known || other === person.id)
          throw new WireError('not-found', 'There is nobody else of this id. It is in the "from" of entries.')
        const name = `direct-${nameFor([person.id, other].sort().join(' '))}`
        const before = rooms.get(name)
        if (before) return { room: seen(before, person), isNew: false }
        await makePlace()
        const members = [memberOf(person), { id: other, name: known.name }]
        const room: Kept = { room: name, kind: 'direct', name: '', members }
        await change(room, person, `${person.name} opened this room with ${known.name}.`)
        return { room: seen(room, person), isNew: true }
      }),

    invite: (name, owner) =>
      inTurn(async () => {
        const room = { ...ownedBy(name, owner), invite: randomId(24) }
        await log.records.put(`room ${name}`, room)
        adopt(room)
        return seen(room, owner)
      }),

    revoke: (name, owner) =>
      inTurn(async () => {
        const { invite: _, ...room } = ownedBy(name, owner)
        await log.records.put(`room ${name}`, room)
        adopt(room)
      }),

    join: (person, invite) =>
      inTurn(async () => {
        const room = rooms.get(invites.get(invite) ?? '')
        if (!room)
          throw new WireError('not-found', 'This invitation is not good, or no more. Ask for another.')
        if (isMember(room, person.id)) return seen(room, person)
        if (room.members.length >= MAX_MEMBERS)
          throw new WireError('too-many', `This room has its ${MAX_MEMBERS} members.`, 60)
        const joined = { ...room, members: [...room.members, memberOf(person)] }
        await change(joined, person, `${person.name} joined.`)
        return seen(joined, person)
      }),

    leave: (name, person) =>
      inTurn(async () => {
        const room = roomOf(name, person)
        if (room.kind === 'direct') throw new WireError('not-allowed', 'A direct room cannot be left.')
        const members = without(room, person.id)
        const [heir] = members
        if (!heir) return forget(room)
        if (room.owner !== person.id) return change({ ...room, members }, person, `${person.name} left.`)
        const notice = `${person.name} left. ${heir.name} is the owner now.`
        return change({ ...room, members, owner: heir.id }, person, notice)
      }),

    remove: (name, owner, id) =>
      inTurn(async () => {
        const { invite: _, ...room } = ownedBy(name, owner)
        const member = room.members.find((member) => member.id === id)
        if (!member) throw new WireError('not-found', 'There is no member of this id.')
        if (id === owner.id) throw new WireError('not-allowed', 'An owner leaves, and is not removed.')
        await change({ ...room, members: without(room, id) }, owner, `${owner.name} removed ${member.name}.`)
      }),

    welcome: ({ id, name, expiresAt }) =>
      inTurn(async () => {
        // In order of their last coming: who came first is the first whose session has ended.
        const [first] = people.size >= MAX_PEOPLE ? people.keys() : []
        if (first !== undefined) {
          await log.records.delete(`person ${first}`)
          people.delete(first)
        }
        const known = { name, until: expiresAt }
        await log.records.put(`person ${id}`, known)
        people.delete(id)
        people.set(id, known)
      }),

    onGone: (callback) => void callbacks.push(callback),
  }
}

const isMember = ({ members }: Kept, person: string) => members.some(({ id }) => id === person)

const without = ({ members }: Kept, person: string) => members.filter(({ id }) => id !== person)

const memberOf = ({ id, name }: Person) => ({ id, name })

/** The same for a room that is not there as for one that is not yours. */
export const noRoom = () =>
  new WireError('not-found', 'There is no such room, or you are not a member of it. Ask for an invitation.')

export const removed = () =>
  new WireError('removed', 'You are no longer a member of this room. Ask its owner for an invitation.')
