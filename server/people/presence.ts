import type { Origin } from '../connection.ts'
import { HEARTBEAT_MS } from '../contract/transports.ts'
import type { Presence, Present } from '../contract/wire.ts'
import type { Who } from '../feed/feed.ts'
import { createRoster, type Listed, type Roster } from '../feed/roster.ts'

/**
 * Who is here, and who is typing: the latest state of a room, under a version, and never stored. Whoever holds a session
 * counts while they read; a guest counts who asks for it, for the others are lanes and not people. Many devices are one
 * person, who is away when all of them are. Changes are gathered in one place: a reader is told of the latest state
 * every 330 ms at most, and of what came between never.
 */
export interface Presences {
  /** Counts a reader as here, and lets a watcher know who is. A guest without a watcher is nobody. */
  attend(room: string, who: Who, watcher?: Watcher): Attendance
  /** For 5 s, unless they publish or go before. */
  typing(room: string, who: Who): void
  /**
   * Whether somebody looks at this device. Who says so by POST (`beats`) is expected to say so again within 2.5
   * heartbeats: of a stream that only goes down, a server cannot see that nobody is left to read it.
   */
  away(room: string, who: Who, isAway: boolean, beats?: boolean): void
  /** Somebody has ceased to be a member: they are here no longer, by none of their devices. */
  expel(room: string, person: string): void
}

/** One who asked who is here. */
export interface Watcher {
  /** The version that it has; none is 0. */
  seen?: number
  /** Told of the latest state. False when it can take nothing now: it is then asked again, with what is latest by then. */
  onPresence(update: Update): boolean
}

/** One object for all who are told, so that whatever is made of it is made once. */
export interface Update {
  room: string
  presence: Presence
}

/** A reader who is here. */
export interface Attendance {
  /** The state as it is, or was 330 ms ago. */
  latest(): Presence | undefined
  /** How long ago the same device came last, in ms; absent the first time. */
  sinceLast: number | undefined
  /** They have said goodbye. */
  leave(): void
  /** They may be back: they count for so many ms more. Without a number: as long as a client takes that was cut. */
  lose(ms?: number): void
}

interface Device {
  /** Connections, or polls that wait. */
  open: number
  fading?: NodeJS.Timeout | undefined
  beat?: NodeJS.Timeout | undefined
  isSilent: boolean
  isAway: boolean
  cameAt: number | undefined
}

interface Being extends Present {
  devices: Map<string, Device>
  typing?: NodeJS.Timeout | undefined
}

interface Watching extends Listed {
  watcher: Watcher
  /** The version that it was told last. */
  told: number
}

interface Crowd {
  beings: Map<string, Being>
  watchers: Roster<Watching>
  latest: Update
  hasChanged: boolean
  timer: NodeJS.Timeout | undefined
  toldAt: number
}

/** Between two updates, in ms: 4 a second at most, wherever it begins and however late one of them arrives. */
const PERIOD = 330
const TYPING = 5_000
/** How long a connection that was cut is waited for, in ms. Ours are back within 250 ms, a page that is loaded anew within two seconds. */
const GRACE = 3_000
/** As many are listed in a room, and remembered in all. Beyond, newcomers read as ever, and are not counted. */
const MAX_LISTED = 1_000
const MAX_BEINGS = 20_000

/** `heartbeat`: in ms, as the transports have it. */
export function createPresence(heartbeat = HEARTBEAT_MS): Presences & {
  /** Whoever publishes has stopped typing, and a guest is called what the draft says. */
  published(room: string, who: Who, name: string | undefined): void
} {
  const crowds = new Map<string, Crowd>()
  const grace = Math.min(GRACE, heartbeat / 2)
  let beings = 0
  /** Above all that an earlier process can have given out: one version never stands for two states. */
  let version = Date.now()

  function crowdOf(room: string): Crowd {
    const crowd = crowds.get(room) ?? {
      beings: new Map(),
      watchers: createRoster(),
      latest: { room, presence: { v: ++version, online: [], typing: [] } },
      hasChanged: false,
      timer: undefined,
      toldAt: Number.NEGATIVE_INFINITY,
    }
    crowds.set(room, crowd)
    return crowd
  }

  function beingOf(crowd: Crowd, who: Who): Being | undefined {
    const key = keyOf(who)
    const known = crowd.beings.get(key)
    if (known) return known
    if (crowd.beings.size >= MAX_LISTED || beings >= MAX_BEINGS) return undefined
    const { person } = who
    const being: Being = {
      ...(person ? { name: person.name, id: person.id } : { name: 'guest' }),
      devices: new Map(),
    }
    crowd.beings.set(key, being)
    beings++
    return being
  }

  /** Lets go of whoever is neither here nor typing, and of a room without anybody. */
  function tidy(room: string, crowd: Crowd, key: string) {
    const being = crowd.beings.get(key)
    if (being && being.devices.size === 0 && !being.typing && crowd.beings.delete(key)) beings--
    if (crowd.beings.size + crowd.watchers.size > 0 || crowds.get(room) !== crowd) return
    clearTimeout(crowd.timer)
    crowds.delete(room)
  }

  function changed(room: string, crowd: Crowd) {
    crowd.hasChanged = true
    schedule(room, crowd)
  }

  function schedule(room: string, crowd: Crowd) {
    if (crowd.timer || crowds.get(room) !== crowd) return
    crowd.timer = setTimeout(tell, dueIn(crowd), room, crowd).unref()
  }

  function tell(room: string, crowd: Crowd) {
    clearTimeout(crowd.timer)
    crowd.timer = undefined
    crowd.toldAt = performance.now()
    if (crowd.hasChanged) renew(crowd)
    const { latest, watchers } = crowd
    const { v } = latest.presence
    let isOwed = false
    for (const watching of watchers.all()) {
      if (watching.told === v) continue
      if (watching.watcher.onPresence(latest)) watching.told = v
      else isOwed = true
    }
    if (isOwed) schedule(room, crowd)
  }

  /** The state as it is now; who came and went between two updates has not changed it. */
  function renew(crowd: Crowd) {
    crowd.hasChanged = false
    const all = [...crowd.beings.values()]
    const state = {
      online: all.filter(isHere).map((being) => ({
        ...presentOf(being),
        ...(isAway(being) && { away: true as const }),
      })),
      typing: all.filter(({ typing }) => typing).map(presentOf),
    }
    const { room, presence } = crowd.latest
    const { v, ...before } = presence
    if (JSON.stringify(state) === JSON.stringify(before)) return
    crowd.latest = { room, presence: { v: ++version, ...state } }
  }

  function stopTyping(being: Being) {
    clearTimeout(being.typing)
    being.typing = undefined
  }

  function forgetDevice({ devices }: Being, key: string) {
    const device = devices.get(key)
    clearTimeout(device?.fading)
    clearTimeout(device?.beat)
    devices.delete(key)
  }

  function attend(room: string, who: Who, watcher?: Watcher): Attendance {
    if (!watcher && !who.person) return nobody
    const crowd = crowdOf(room)
    const key = keyOf(who)
    const deviceKey = deviceOf(who)
    const being = beingOf(crowd, who)
    // Whoever comes anew may have taken another name; what was open before goes on under the old one.
    if (being && who.person) being.name = who.person.name
    const time = performance.now()
    const device: Device = being?.devices.get(deviceKey) ?? {
      open: 0,
      isSilent: false,
      isAway: false,
      cameAt: undefined,
    }
    const sinceLast = device.cameAt === undefined ? undefined : time - device.cameAt
    device.cameAt = time
    device.open++
    device.isSilent = false
    clearTimeout(device.fading)
    clearTimeout(device.beat)
    device.fading = undefined
    being?.devices.set(deviceKey, device)
    changed(room, crowd)
    const watching = watcher && { watcher, told: watcher.seen ?? 0, place: -1 }
    if (watching) {
      crowd.watchers.add(watching)
      schedule(room, crowd)
    }

    let isOver = false
    function end(ms: number) {
      if (isOver) return
      isOver = true
      if (watching) crowd.watchers.delete(watching)
      // Whoever was expelled meanwhile may be back, with devices of their own.
      if (--device.open === 0 && being?.devices.get(deviceKey) === device) {
        if (ms > 0) device.fading = setTimeout(fade, ms).unref()
        else fade()
      }
      tidy(room, crowd, key)
    }

    function fade() {
      if (!being) return
      forgetDevice(being, deviceKey)
      if (being.devices.size === 0) stopTyping(being)
      changed(room, crowd)
      tidy(room, crowd, key)
    }

    return {
      sinceLast,
      latest() {
        if (crowd.hasChanged && dueIn(crowd) === 0) tell(room, crowd)
        return crowd.latest.presence
      },
      leave: () => end(0),
      lose: (ms = grace) => end(ms),
    }
  }

  function typing(room: string, who: Who) {
    const crowd = crowdOf(room)
    const key = keyOf(who)
    const being = beingOf(crowd, who)
    if (being?.typing) being.typing.refresh()
    else if (being) {
      being.typing = setTimeout(() => {
        stopTyping(being)
        changed(room, crowd)
        tidy(room, crowd, key)
      }, TYPING).unref()
      changed(room, crowd)
    } else tidy(room, crowd, key)
  }

  function away(room: string, who: Who, isAway: boolean, beats = false) {
    const crowd = crowds.get(room)
    const device = crowd?.beings.get(keyOf(who))?.devices.get(deviceOf(who))
    if (!crowd || !device) return
    clearTimeout(device.beat)
    if (beats) {
      device.beat = setTimeout(() => {
        device.isSilent = true
        changed(room, crowd)
      }, 2.5 * heartbeat).unref()
    }
    if (device.isAway === isAway && !device.isSilent) return
    device.isAway = isAway
    device.isSilent = false
    changed(room, crowd)
  }

  function expel(room: string, person: string) {
    const crowd = crowds.get(room)
    const key = `person ${person}`
    const being = crowd?.beings.get(key)
    if (!crowd || !being) return
    for (const device of being.devices.keys()) forgetDevice(being, device)
    stopTyping(being)
    changed(room, crowd)
    tidy(room, crowd, key)
  }

  function published(room: string, who: Who, name: string | undefined) {
    const crowd = crowds.get(room)
    const being = crowd?.beings.get(keyOf(who))
    if (!crowd || !being) return
    const called = who.person ? being.name : (name ?? 'guest')
    if (!being.typing && being.name === called) return
    being.name = called
    stopTyping(being)
    changed(room, crowd)
    tidy(room, crowd, keyOf(who))
  }

  return { attend, typing, away, expel, published }
}

const nobody: Attendance = {
  sinceLast: undefined,
  latest: () => undefined,
  leave() {},
  lose() {},
}

const dueIn = ({ toldAt }: Crowd) => Math.max(0, toldAt + PERIOD - performance.now())

const isLive = ({ open, fading, isSilent }: Device) => (open > 0 || fading !== undefined) && !isSilent

const isHere = ({ devices }: Being) => [...devices.values()].some(isLive)

const isAway = ({ devices }: Being) =>
  [...devices.values()].every((device) => device.isAway || !isLive(device))

const presentOf = ({ name, id }: Being): Present => (id === undefined ? { name } : { name, id })

/** Who it is: a person, whom a client calls itself, or whoever is on this connection. */
function keyOf({ person, client, connection }: Who): string {
  if (person) return `person ${person.id}`
  return client === undefined ? nameOf(connection) : `client ${client}`
}

/** By which of their devices: a client, a socket of its own, or, as requests come over any socket, all that give no name. */
function deviceOf({ client, connection }: Who): string {
  if (client !== undefined) return client
  return connection.isUpgraded ? nameOf(connection) : ''
}

const names = new WeakMap<Origin, string>()
let named = 0
function nameOf(connection: Origin): string {
  const name = names.get(connection) ?? `socket ${++named}`
  names.set(connection, name)
  return name
}
