import { io } from 'socket.io-client'
import {
  brokenLane,
  type LanesOutcome,
  type LanesParameters,
  percentileOf,
} from '../../../scenarios/lessons/figures/lanes.ts'
import { conditionsOf } from '../../../scenarios/network.ts'
import type { Conditions } from '../../../server/contract/link.ts'
import { emptyTally, type Tally } from '../../../server/contract/meter.ts'
import type { TransportName } from '../../../server/contract/transports.ts'
import type { Page } from '../../../server/contract/wire.ts'
import { createGenerator } from '../../dashboard/generator.ts'
import { createLane, type Lane } from '../../dashboard/lane.ts'
import { difference, readMeter } from '../../experiments/meter.ts'
import { watchSight } from '../../experiments/page.ts'
import { publishers } from '../../experiments/publishers.ts'
import { pause, until, within } from '../../experiments/time.ts'
import { cut, linkWith } from '../../network/links.ts'
import type { ClientTransport } from '../../transports/connection.ts'
import { transports } from '../../transports/index.ts'
import { now } from '../../ui/clock.ts'
import { onLoopback } from '../../ui/host.ts'
import { looks } from '../../ui/lanes.ts'
import { randomName } from '../../ui/random-name.ts'
import { bareEventSource } from './bare-event-source.ts'

/** What is seen of a run: its lanes as they stand, what each has cost so far, and when it was over. */
export interface LanesShown {
  lanes: readonly Lane[]
  tallies: readonly Tally[]
  published: number
  startedAt: number
  /** How much time is shown, in ms. */
  span: number
  endedAt: number | undefined
}

/** Who has not connected after this, in ms, will not. */
const CONNECT = 15_000
/** How long a broken server may leave a lane without a word before the run begins all the same, in ms. */
const MUTE = 3_000
/** How long the last entries may take beyond what they must, in ms; a lane that was cut comes back by then. */
const LAST = 2_000
const LAST_AFTER_CUT = 12_000

/** One run of real lanes in a room of its own; `shown` follows it. */
export async function runLanes(
  parameters: LanesParameters,
  ended: AbortSignal,
  show: (shown: LanesShown) => void,
): Promise<LanesOutcome> {
  const { rate, seconds, interval = 1, cuts = [] } = parameters
  const id = randomName()
  const room = `lesson-${id}`
  const conditions = conditionsFor(parameters)
  const port = conditions && (await linkWith(conditions, async () => {}))
  const way = new URL(location.origin)
  if (port !== undefined) way.port = String(port)

  const due = new Map<string, number>()
  const lateness: number[] = []
  let refused: string | undefined
  let published = 0
  let sent = 0
  const lanes = parameters.transports.map((name) =>
    createLane({
      name,
      client: `${id}-${looks[name].suffix}`,
      room,
      transport: clientFor(name, parameters),
      network: { fetch: fetchThrough(parameters.broken), WebSocket, io },
      interval: () => interval,
      ...(parameters.wait !== undefined && { wait: parameters.wait }),
      oneClock: onLoopback(),
      sentAt: (entry) => due.get(entry.id),
      onEntry: () => {},
      onGap: () => {},
    }),
  )
  const author = publishers.websocket({ url: location.origin, room, client: `${id}-author` })
  const generator = createGenerator(
    ({ name, text }, dueAt) => {
      const draft = { id: `${id}-${due.size + 1}`, name, text, sentAt: Math.round(dueAt * 10) / 10 }
      due.set(draft.id, draft.sentAt)
      lateness.push(now() - dueAt)
      const refuse = ({ message }: Error) => {
        refused = message
      }
      const speaks = parameters.authors === 'lanes' ? lanes[due.size % lanes.length] : undefined
      const send = () => {
        sent += 1
        return (speaks ?? author).publish(draft)
      }
      send()
        .then(() => {
          published += 1
          return parameters.repeat && send()
        })
        .catch(refuse)
    },
    spreadEvenly(1 / (rate * interval)),
  )
  const sight = watchSight()

  try {
    const after = await whereItBegins(room)
    for (const lane of lanes) {
      lane.move({ url: way.origin, handshake: conditions?.rtt ?? 0 })
      lane.connect(after)
    }
    const isOpen = () => lanes.every(({ status }) => status.peek().state === 'open')
    // A broken server may never say that the reader has joined, and what it then does is the point of the run.
    const patient = parameters.broken === undefined ? CONNECT + 1_000 : MUTE
    const opened = until(isOpen, now() + patient, ended)
    await within(CONNECT, Promise.all([opened, author.ready]), ended)
    const warm = parameters.authors === 'lanes' ? await warmUp(lanes, interval, ended) : 0

    const before = await tallies(lanes)
    for (const lane of lanes) lane.reset(warm)
    const startedAt = now()
    const stage = { lanes, startedAt, span: (seconds + 1) * 1_000, endedAt: undefined }
    const report = async () => {
      const spent = (await tallies(lanes)).map((tally, at) => difference(before[at] ?? emptyTally(), tally))
      show({ ...stage, tallies: spent, published })
      return spent
    }
    show({ ...stage, tallies: lanes.map(emptyTally), published })
    const ticking = setInterval(() => void report().catch(() => {}), 1_000)
    try {
      generator.start({
        rate,
        arrivals: parameters.arrivals === 'spread' || !parameters.arrivals ? 'slots' : parameters.arrivals,
        burst: parameters.burst ?? 1,
        payload: parameters.payload ?? 'conversation',
      })
      const disturbed = Promise.all(
        cuts.map(async ({ at, how, seconds: refusedFor }) => {
          await pause(startedAt + at * 1_000, ended)
          for (const lane of lanes) lane.track.mark(now())
          await Promise.all(
            lanes.map(({ client }) => port && cut(port, client, how, Math.round(refusedFor * 1_000))),
          )
        }),
      )
      await Promise.all([pause(startedAt + seconds * 1_000, ended), disturbed])
      generator.stop()
      const isThere = () => lanes.every((lane) => newOnes(lane) >= due.size)
      const patience =
        interval * 1_000 + 3 * (conditions?.rtt ?? 0) + (cuts.length > 0 ? LAST_AFTER_CUT : LAST)
      await until(isThere, now() + patience, ended)
    } finally {
      clearInterval(ticking)
    }

    const spent = await report()
    const endedAt = now()
    show({ ...stage, tallies: spent, published, span: endedAt - startedAt, endedAt })
    if (refused !== undefined) throw new Error(`A message could not be published: ${refused}`)
    if (sight.hidden)
      throw new Error('This tab was hidden during the run, and browsers slow hidden tabs down.')
    return {
      seconds: (endedAt - startedAt) / 1_000,
      published,
      sent,
      late: lateness.length === 0 ? 0 : percentileOf(lateness, 0.95),
      lanes: lanes.map((lane, at) => {
        const { sequence, reconnects } = lane.row(undefined)
        return {
          transport: lane.name,
          delivered: newOnes(lane),
          missed: published - newOnes(lane),
          duplicated: sequence.duplicated,
          reconnects,
          delays: lane.points.map(({ y }) => y),
          lastAfter: lane.points.at(-1)?.x ?? 0,
          tally: spent[at] ?? emptyTally(),
        }
      }),
    }
  } finally {
    generator.stop()
    author.close()
    for (const lane of lanes) lane.pause()
    sight.stop()
  }
}

/**
 * A publish of each lane before any is counted: the first through a link is preceded by a preflight, and the first of all
 * may open a connection. Resolves, to how many there were, once every lane has them all.
 */
async function warmUp(lanes: readonly Lane[], interval: number, ended: AbortSignal): Promise<number> {
  const warming = lanes.map(({ publish, client }) =>
    publish({ id: `${client}-first`, name: 'Ada', text: 'hello' }),
  )
  await within(CONNECT, Promise.all(warming), ended)
  await until(
    () => lanes.every((lane) => newOnes(lane) >= lanes.length),
    now() + interval * 1_000 + CONNECT,
    ended,
  )
  return lanes.length
}

/** Entries that a lane has delivered, each once. */
export function newOnes(lane: Lane): number {
  const { delivered, duplicated } = lane.row(undefined).sequence
  return delivered - duplicated
}

/** A cut is made by a link, also where it adds nothing else. */
function conditionsFor({ network, cuts = [] }: LanesParameters): Conditions | undefined {
  if (network !== undefined && network !== 'clear') return conditionsOf({ conditions: network })
  return cuts.length > 0 ? {} : undefined
}

/** So that a loss of the very first entry is seen too. */
async function whereItBegins(room: string): Promise<string> {
  const response = await fetch(`/short-polling/${room}`, { signal: AbortSignal.timeout(10_000) }).catch(
    () => {
      throw new Error('The server does not answer.')
    },
  )
  const { cursor }: Page = await response.json()
  return cursor
}

const tallies = (lanes: readonly Lane[]): Promise<Tally[]> =>
  Promise.all(
    lanes.map(
      async ({ client, name }) => (await readMeter(location.origin, [client], name))[0] ?? emptyTally(),
    ),
  )

/** The client is the product's own, unless it is to be what pages often have instead. */
function clientFor(name: TransportName, { bare, broken }: LanesParameters): ClientTransport {
  if (!bare || name !== 'sse') return transports[name]
  return bareEventSource(broken === undefined ? '/sse' : `/lessons/broken/${broken}`)
}

/** Where it asks may be another place. */
function fetchThrough(broken: LanesParameters['broken']): typeof fetch {
  // Called as a method of anything else than the window, a browser's fetch refuses.
  if (broken === undefined) return (input, init) => fetch(input, init)
  return (input, init) => {
    const url = new URL(String(input))
    url.pathname = url.pathname.replace(`/${brokenLane[broken]}/`, `/lessons/broken/${broken}/`)
    return fetch(url, init)
  }
}

/**
 * Where in its slot each message comes, from 0 to 1. Any poll interval in the slot is as likely as another; within it the
 * places are the multiples of the golden ratio less their whole parts, of which any few in a row lie well apart (Weyl's
 * theorem on equidistribution). So a handful of messages already waits as long on average as many would.
 */
function spreadEvenly(intervals: number): () => number {
  const many = Math.max(1, Math.round(intervals))
  let within = Math.random()
  return () => {
    within = (within + (Math.sqrt(5) - 1) / 2) % 1
    return (Math.floor(Math.random() * many) + within) / many
  }
}
