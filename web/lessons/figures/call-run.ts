import type { CallOutcome, CallParameters, CallSide } from '../../../scenarios/lessons/figures/call.ts'
import type { Room, Session } from '../../../server/contract/people.ts'
import { directRoom, type Line, openLine } from '../../call/line.ts'
import { createPeer, type Peer } from '../../call/peer.ts'
import { readMeter } from '../../experiments/meter.ts'
import { until } from '../../experiments/time.ts'
import { ask } from '../../network/ask.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'

/** What can be watched while a run goes on. */
export interface CallShown {
  ada: Peer
  bob: Peer
  /** Both lines are closed. */
  isCut: boolean
  said: number
  arrived: number
}

interface Somebody {
  id: string
  token: string
}

/** How long anything may take, in ms. */
const PATIENCE = 25_000
/** How long the last messages may be under way, in ms. */
const LAST = 5_000
const TRIPS = 10

/** The two of this page. Each run is another call of theirs, in the room that they have. */
let pair: Promise<[Somebody, Somebody]> | undefined

/** One run: two peers, two lines, a channel; then no lines, and messages. It leaves nothing open. */
export async function runCall(
  { transport, interval, messages }: CallParameters,
  ended: AbortSignal,
  show: (shown: CallShown) => void,
): Promise<CallOutcome> {
  pair ??= Promise.all([startSession('Ada'), startSession('Bob')])
  // A session that ran out, or of a server that has forgotten it, is begun anew by the next run.
  pair.catch(() => (pair = undefined))
  const [ada, bob] = await pair
  const { room, head } = await directRoom(ada.token, bob.id).catch((error) => {
    pair = undefined
    throw error
  })
  const call = randomName().padStart(8, '0')
  const clients = [`${call}-ada`, `${call}-bob`] as const
  let said = 0
  let arrived = 0
  let isCut = false
  const open: Line[] = []
  const peers: Peer[] = []

  /** Somebody's line, and the peer that takes what comes over it. */
  async function join(role: 'caller' | 'callee', me: Somebody, to: string, client: string) {
    let peer: Peer | undefined
    const onSignal: Parameters<typeof openLine>[0]['onSignal'] = (signal) => peer?.take(signal)
    const line = await openLine({ room, over: transport, me, to, client, interval, onSignal })
    open.push(line)
    const onText = () => {
      arrived += 1
      tell()
    }
    peer = createPeer({ role, call, send: line.send, onText })
    peers.push(peer)
    return { line, peer }
  }

  /** Resolves when it is so; rejects with why it is not. */
  async function reached(condition: () => boolean, otherwise: string) {
    const broken = () => peers.find(({ status }) => ['failed', 'closed'].includes(status.peek().state))
    await until(() => condition() || broken() !== undefined, now() + PATIENCE, ended)
    if (!condition()) throw new Error(broken()?.status.peek().reason ?? otherwise)
  }

  let tell = () => {}
  try {
    const callee = await join('callee', bob, ada.id, clients[1])
    const caller = await join('caller', ada, bob.id, clients[0])
    tell = () => show({ ada: caller.peer, bob: callee.peer, isCut, said, arrived })
    tell()
    const beganAt = caller.peer.begunAt
    await caller.peer.start()
    await reached(() => peers.every(({ status }) => status.peek().state === 'open'), 'No channel was opened.')
    const setup = Math.max(...peers.map((peer) => openedAt(peer))) - beganAt

    // The channel does not wait for the last signals, but the count does.
    await reached(
      () =>
        peers.every(({ steps }) => steps.peek().some(({ name }) => name === 'end of candidates sent')) &&
        caller.line.sent.peek() === callee.line.received.peek() &&
        callee.line.sent.peek() === caller.line.received.peek(),
      'Not every signal arrived.',
    )
    const trips: number[] = []
    while (trips.length < TRIPS) trips.push(await caller.peer.roundTrip())
    const tallies = await readMeter(location.origin, clients, transport)
    const headBefore = await headOf(room, ada)

    // Both lines are closed: from here on these two have the channel alone.
    for (const { close } of open) close()
    isCut = true
    tell()
    await reached(() => open.every(({ status }) => status.peek().state === 'closed'), 'A line did not close.')
    for (let n = 1; n <= messages; n++) {
      for (const { peer } of [caller, callee]) {
        if (peer.say(`message ${n}`) === undefined) said += 1
        tell()
      }
    }
    await until(() => arrived === said, now() + LAST, ended)
    const headAfter = await headOf(room, ada)

    const side = (name: string, { peer, line }: typeof caller): CallSide => ({
      name,
      steps: peer.steps.peek().map((step) => ({ ...step, at: step.at - beganAt })),
      sent: line.sent.peek(),
      received: line.received.peek(),
    })
    const sum = (of: (tally: (typeof tallies)[number]) => number) =>
      tallies.reduce((total, tally) => total + of(tally), 0)
    return {
      sides: [side('Ada', caller), side('Bob', callee)],
      setup,
      entries: headBefore - head,
      entriesAfter: headAfter - headBefore,
      requests: sum(({ requests }) => requests),
      bytes: sum(({ bytesIn, bytesOut }) => bytesIn + bytesOut),
      said,
      arrived,
      trips,
    }
  } finally {
    for (const { close } of open) close()
    for (const { close } of peers) close('The run is over.')
  }
}

const openedAt = ({ steps }: Peer): number =>
  steps.peek().find(({ name }) => name === 'channel open')?.at ?? Number.NaN

async function startSession(name: string): Promise<Somebody> {
  const { id, token } = await ask<Session>('POST', '/session', { name }, { token: undefined })
  if (token === undefined) throw new Error('The server gave no token.')
  return { id, token }
}

/** The seq of the latest entry of a room. */
const headOf = async (room: string, { token }: Somebody): Promise<number> =>
  (await ask<Room>('GET', `/rooms/${room}`, undefined, { token })).head
