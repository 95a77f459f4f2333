import {
  backOf,
  type EchoEnd,
  type EchoOutcome,
  type EchoParameters,
  type Trip,
} from '../../../scenarios/lessons/figures/echo.ts'
import { pause, until, within } from '../../experiments/time.ts'
import { cut, linkWith } from '../../network/links.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'
import { type Hearer, openAndRely, openAndWatch } from '../broken/no-heartbeat.ts'

/** What is seen of a run: all that was sent so far, by the part of the run it belongs to. */
export type EchoShown = Pick<EchoOutcome, 'oneByOne' | 'atOnce' | 'afterwards' | 'end'>

/** How long anything may take, in ms. */
const PATIENCE = 10_000
/** From one thing that the page says after the end to the next, in ms: somebody goes on writing. */
const PACE = 500
/** After so many echoes over a second connection it is plain that it works. */
const ENOUGH = 3

/** A connection of the page, and how it was lost. */
interface Line {
  socket: WebSocket
  lost?: { at: number; code: number | undefined; state: EchoEnd['state'] }
}

/** One run; `show` gets every trip as it begins and as it ends. It leaves nothing open. */
export async function runEcho(
  { messages, apart, rtt, ending, heartbeat }: EchoParameters,
  ended: AbortSignal,
  show: (shown: EchoShown) => void,
): Promise<EchoOutcome> {
  const client = randomName()
  const port = await linkWith({ rtt }, async () => {})
  const url = new URL(`/echo?client=${client}`, location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.port = String(port)
  const open = (hearer: Hearer) =>
    heartbeat === undefined ? openAndRely(url, hearer) : openAndWatch(url, hearer, heartbeat * 1_000)

  const lines: Line[] = []
  const [oneByOne, atOnce, afterwards]: [Trip[], Trip[], Trip[]] = [[], [], []]
  /** What is under way, by its text, in the order in which it was sent. */
  const underWay = new Map<string, () => void>()
  let number = 0
  let inFlight = 0
  let inOrder = true
  let beganAt = now()
  const tell = (end?: EchoEnd) => show({ oneByOne, atOnce, afterwards, end })

  async function connect(): Promise<Line> {
    const line: Line = {
      socket: open({
        onMessage(text) {
          inOrder &&= text === underWay.keys().next().value
          underWay.get(text)?.()
        },
        onLost(code) {
          line.lost ??= { at: now(), code, state: stateOf(line.socket) }
        },
      }),
    }
    lines.push(line)
    const isDecided = () => line.socket.readyState === WebSocket.OPEN || line.lost !== undefined
    if (!(await until(isDecided, now() + PATIENCE, ended)) || line.lost)
      throw new Error('There is no connection to /echo.')
    return line
  }

  /** Resolves when it is back. */
  function send(part: Trip[], { socket }: Line): Promise<void> {
    const text = `message ${++number}`
    const trip: Trip = { sent: now() - beganAt, back: undefined }
    part.push(trip)
    socket.send(text)
    return new Promise((resolve) => {
      underWay.set(text, () => {
        trip.back = now() - beganAt
        underWay.delete(text)
        tell()
        resolve()
      })
      inFlight = Math.max(inFlight, underWay.size)
      tell()
    })
  }

  try {
    const line = await connect()
    beganAt = now()
    for (let sent = 0; sent < messages; sent++) await within(PATIENCE, send(oneByOne, line), ended)
    beganAt = now()
    const echoes: Promise<void>[] = []
    for (let sent = 0; sent < messages; sent++) {
      await pause(beganAt + sent * apart, ended)
      echoes.push(send(atOnce, line))
    }
    await within(PATIENCE, Promise.all(echoes), ended)
    const lastSent = atOnce.at(-1)?.sent ?? 0
    const backWhileSending = atOnce.filter(({ back }) => back !== undefined && back < lastSent).length
    const ofTrips = { inFlight, backWhileSending, inOrder }
    const end = ending && (await endAndGoOn(line, ending))
    tell(end)
    return { oneByOne, atOnce, afterwards, ...ofTrips, connections: lines.length, end }
  } finally {
    for (const { socket } of lines) socket.close()
    // Of a connection that neither end knows to be dead nobody else would ever free the link.
    if (ending) await cut(port, client, 'rst', 0)
  }

  /** The link ends the connection. The page goes on speaking, and opens another if it has a watchdog that noticed. */
  async function endAndGoOn(first: Line, { how, seconds }: NonNullable<typeof ending>): Promise<EchoEnd> {
    beganAt = now()
    await cut(port, client, how, 0)
    const deadline = beganAt + seconds * 1_000
    const speak = async (line: Line, isOver: () => boolean) => {
      while (!isOver() && now() < deadline) {
        void send(afterwards, line)
        await until(isOver, Math.min(deadline, now() + PACE), ended)
      }
    }
    await speak(first, () => first.lost !== undefined)
    if (first.lost && heartbeat !== undefined) {
      const second = await connect()
      await speak(second, () => backOf(afterwards) >= ENOUGH || second.lost !== undefined)
    }
    return {
      watched: now() - beganAt,
      state: first.lost?.state ?? stateOf(first.socket),
      buffered: first.socket.bufferedAmount,
      knownAfter: first.lost && first.lost.at - beganAt,
      code: first.lost?.code,
    }
  }
}

const stateOf = ({ readyState }: WebSocket): EchoEnd['state'] =>
  readyState === WebSocket.OPEN ? 'open' : 'closed'
