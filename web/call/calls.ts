import { type ReadonlySignal, signal } from '@preact/signals'
import type { Person, Room } from '../../server/contract/people.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { History } from '../../server/contract/wire.ts'
import { ask, Trouble } from '../network/ask.ts'
import { transports } from '../transports/index.ts'
import { now } from '../ui/clock.ts'
import { randomName } from '../ui/random-name.ts'
import { type Call, createCall } from './call.ts'
import { linkTo, type Place, readPlace } from './place.ts'
import { readSignal, type Signal } from './signals.ts'
import { createTabSession, type TabSession } from './tab-session.ts'

/** Somebody who calls, and waits for an answer. */
export interface Ring {
  call: string
  from: Person
  room: string
  over: TransportName
  heardAt: number
}

/** Everything of this page: who is here, who calls, and the call that goes on. */
export interface Calls {
  readonly session: TabSession
  readonly place: ReadonlySignal<Place>
  /** Others with this page open. */
  readonly people: ReadonlySignal<readonly Person[]>
  readonly rings: ReadonlySignal<readonly Ring[]>
  /** The call that goes on, or the last one. */
  readonly call: ReadonlySignal<Call | undefined>
  /** What went wrong, as a sentence. */
  readonly problem: ReadonlySignal<string | undefined>
  start(name: string): Promise<void>
  choose(over: TransportName): void
  ring(other: Person): void
  answer(ring: Ring): void
  decline(ring: Ring): void
}

/** Whoever has this page open is in this public room, in which nobody speaks. */
const HALL = 'calls'
/** How often rooms are looked at for a ring, and the hall for who is there, in ms. */
const BEAT = 2_000
/** A ring that is not repeated for so long has ended, in ms. */
const FADES = 10_000

export function createCalls(): Calls {
  const session = createTabSession()
  const place = signal(readPlace(location.hash))
  const people = signal<readonly Person[]>([])
  const rings = signal<readonly Ring[]>([])
  const call = signal<Call | undefined>(undefined)
  const problem = signal<string | undefined>(undefined)
  /** By room, what was there when it was looked at last. */
  let heads: Map<string, number> | undefined

  const isTalking = () => call.peek() !== undefined && call.peek()?.ended.peek() === undefined

  addEventListener('hashchange', () => {
    place.value = readPlace(location.hash)
  })
  addEventListener('pagehide', () => call.peek()?.hangUp())

  /** What is new in direct rooms since the last look. What was there before this page came is over. */
  async function look(): Promise<void> {
    const me = session.me.peek()
    if (!me) return
    const as = { token: me.token }
    rings.value = rings.peek().filter(({ heardAt }) => now() - heardAt < FADES)
    try {
      const { rooms } = await ask<{ rooms: Room[] }>('GET', '/rooms', undefined, as)
      const before = heads
      heads = new Map(rooms.map(({ room, head }) => [room, head]))
      if (!before) return
      for (const { room, kind, head } of rooms) {
        const seen = before.get(room) ?? 0
        if (kind !== 'direct' || head === seen) continue
        const { entries } = await ask<History>('GET', `/rooms/${room}/history?limit=20`, undefined, as)
        for (const { seq, from, data } of entries) {
          const signal = seq > seen || head < seen ? readSignal(data) : undefined
          if (signal && from.id !== undefined && from.id !== me.id)
            hear(signal, { id: from.id, name: from.name }, room)
        }
      }
    } catch (error) {
      if (!(error instanceof Trouble) || !['expired', 'unauthorized'].includes(error.code)) return
      // A channel that is open needs no session.
      if (!isTalking()) session.forget()
    }
  }
  setInterval(look, BEAT)

  function hear(signal: Signal, from: Person, room: string): void {
    const others = rings.peek().filter(({ from: { id } }) => id !== from.id)
    if (signal.step === 'ring') {
      if (isTalking()) return
      const { call, over } = signal
      rings.value = [...others, { call, from, room, over, heardAt: now() }]
    } else if (rings.peek().some(({ call }) => call === signal.call)) rings.value = others
  }

  /** In the hall; over short polling, which holds no connection of the six. */
  let leave: (() => void) | undefined
  session.me.subscribe((me) => {
    leave?.()
    leave = undefined
    heads = undefined
    people.value = []
    rings.value = []
    if (!me) return
    const target = {
      url: location.origin,
      room: HALL,
      client: `hall-${randomName()}`,
      token: me.token,
      interval: BEAT / 1000,
    }
    const connection = transports['short-polling'](target, {
      onEntry() {},
      onGap() {},
      onStatus() {},
      onPresence({ online }) {
        people.value = online.flatMap(({ id, name }) =>
          id === undefined || id === me.id ? [] : [{ id, name }],
        )
      },
    })
    leave = connection.close
    void look()
  })

  function begin(other: Person, over: TransportName, answering?: string): void {
    const me = session.me.peek()
    if (!me) return
    call.peek()?.hangUp()
    rings.value = []
    call.value = createCall(me, other, over, answering)
  }

  function choose(over: TransportName): void {
    place.value = { ...place.peek(), over }
    history.replaceState(null, '', linkTo('', place.peek()))
  }

  return {
    session,
    place,
    people,
    rings,
    call,
    problem,
    async start(name) {
      problem.value = undefined
      try {
        await session.start(name)
      } catch (error) {
        problem.value = error instanceof Error ? error.message : String(error)
      }
    },
    choose,
    ring: (other) => begin(other, place.peek().over),
    answer(ring) {
      choose(ring.over)
      begin(ring.from, ring.over, ring.call)
    },
    decline(ring) {
      const me = session.me.peek()
      rings.value = rings.peek().filter(({ call }) => call !== ring.call)
      if (!me) return
      const draft = { kind: 'signal', data: { call: ring.call, step: 'decline' }, to: ring.from.id }
      ask('POST', `/short-polling/${ring.room}`, draft, { token: me.token }).catch(() => {})
    },
  }
}
