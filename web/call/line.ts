import { type ReadonlySignal, signal } from '@preact/signals'
import type { Room } from '../../server/contract/people.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Draft, Entry, History } from '../../server/contract/wire.ts'
import { ask } from '../network/ask.ts'
import { PublishError, type Status } from '../transports/connection.ts'
import { transports } from '../transports/index.ts'
import { sleep } from '../transports/reconnect.ts'
import { now } from '../ui/clock.ts'
import { createPings } from './pings.ts'
import { readSignal, type Signal } from './signals.ts'

/** What carries the signals of a call: one of the five transports, in the direct room of the two. */
export interface Line {
  readonly status: ReadonlySignal<Status>
  /** Signals of this side that are in the log, and signals of the other that came. Pings and their answers are not counted. */
  readonly sent: ReadonlySignal<number>
  readonly received: ReadonlySignal<number>
  /** Resolves when the signal is in the log. Tries again while the connection is away; rejects when that lasts, or is for good. */
  send(signal: Signal): Promise<void>
  /** How long a signal to the other side and its answer take, in ms. Rejects when none comes. */
  roundTrip(): Promise<number>
  close(): void
}

interface LineOptions {
  room: string
  over: TransportName
  /** Whoever this side is, and for whom its signals are. */
  me: { id: string; token: string }
  to: string
  /** The name under which the meter counts this line. */
  client: string
  /** Seconds between two short polls. */
  interval?: number
  onSignal(signal: Signal, from: Entry['from']): void
}

/** How long a connection may take to open, and to come back with a signal still to be sent, in ms. */
const PATIENCE = 15_000
/** Before a signal is sent again, in ms. */
const AGAIN = 500
/** Codes of refusals that another try may change. */
const passing = new Set(['network', 'too-many', 'overloaded', 'internal', 'log-unavailable'])

/** The room of the two, which is made when it is first asked for. */
export const directRoom = (token: string, other: string): Promise<Room> =>
  ask<Room>('POST', '/rooms', { with: other }, { token })

/** Resolves when the line is open, and stands behind everything that is older. Rejects with a sentence. */
export async function openLine(options: LineOptions): Promise<Line> {
  const { room, over, me, to, client, interval, onSignal } = options
  const path = `/rooms/${room}/history?limit=1`
  const { cursor } = await ask<History>('GET', path, undefined, { token: me.token })
  const status = signal<Status>({ state: 'connecting' })
  const sent = signal(0)
  const received = signal(0)
  const ended = new AbortController()
  let ids = 0

  const target = {
    url: location.origin,
    room,
    client,
    token: me.token,
    after: cursor,
    ...(interval !== undefined && { interval }),
  }
  const connection = transports[over](target, {
    onEntry({ kind, from, data }) {
      const signal = readSignal(data)
      if (kind !== 'signal' || !signal || from.id !== to) return
      if (signal.step === 'ping') void publish({ ...signal, step: 'pong' }).catch(() => {})
      else if (signal.step === 'pong') pings.answered(signal.n)
      else {
        received.value += 1
        onSignal(signal, from)
      }
    },
    // A log that began anew has nothing of this call.
    onGap() {},
    onStatus(said) {
      status.value = said
    },
  })

  async function publish(data: Signal): Promise<void> {
    const draft: Draft = { kind: 'signal', id: `${client}-${++ids}`, data, to }
    const deadline = now() + PATIENCE
    for (;;) {
      try {
        await connection.publish(draft)
        return
      } catch (error) {
        const mayPass = error instanceof PublishError && passing.has(error.code) && now() < deadline
        if (!mayPass || ended.signal.aborted) throw error
        await sleep(error.waitMs ?? AGAIN, ended.signal)
      }
    }
  }

  const pings = createPings(PATIENCE, (n) => publish({ call: client, step: 'ping', n }))

  function close(): void {
    ended.abort()
    connection.close()
  }

  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => {
      close()
      reject(new Error(reason))
    }
    const timer = setTimeout(
      () =>
        fail(
          'The signalling did not open. Close other tabs of this server: a browser gives it six connections.',
        ),
      PATIENCE,
    )
    const stop = status.subscribe((said) => {
      if (said.state !== 'open' && said.state !== 'closed') return
      clearTimeout(timer)
      queueMicrotask(() => stop())
      if (said.state === 'open') resolve()
      else fail(said.reason ?? 'The signalling was closed.')
    })
  })

  return {
    status,
    sent,
    received,

    async send(what) {
      await publish(what)
      sent.value += 1
    },

    roundTrip: pings.roundTrip,
    close,
  }
}
