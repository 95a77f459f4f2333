import type {
  EchoOutcome,
  EchoParameters,
  SilenceEnd,
  Trip,
} from '../../../scenarios/lessons/figures/echo.ts'
import { pause, until } from '../../experiments/time.ts'
import { cut, linkWith } from '../../network/links.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'
import { openAndRely } from '../broken/no-heartbeat.ts'
import { HEARTBEAT, type Heartbeat, keepAlive } from './heartbeat.ts'

/** What is seen of a run: all that was sent so far, by the part of the run it belongs to. */
export type EchoShown = Pick<EchoOutcome, 'oneByOne' | 'atOnce' | 'intoSilence'> & { end?: SilenceEnd }

/** How long anything may take, in ms. */
const PATIENCE = 10_000

/** One socket to `/echo`; `show` gets every trip as it begins and ends. */
export async function runEcho(
  { messages, apart, rtt, idleCut, silence, heartbeat }: EchoParameters,
  ended: AbortSignal,
  show: (shown: EchoShown) => void,
): Promise<EchoOutcome> {
  const client = randomName()
  const port = await linkWith({ rtt, ...(idleCut !== undefined && { idleCut }) }, async () => {})
  const url = new URL(`/echo?client=${client}`, location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.port = String(port)

  const parts: Record<'oneByOne' | 'atOnce' | 'intoSilence', Trip[]> = {
    oneByOne: [],
    atOnce: [],
    intoSilence: [],
  }
  const waiting = new Map<string, Trip>()
  let beat: Heartbeat | undefined
  let number = 0
  let inFlight = 0
  let inOrder = true
  let closed: { at: number; code: number } | undefined
  const socket = openAndRely(url, (data) => {
    beat?.heard()
    if (data === HEARTBEAT) return
    inOrder &&= data === waiting.keys().next().value
    const trip = waiting.get(data)
    if (trip) trip.back = now() - beganAt
    waiting.delete(data)
    show(parts)
  })
  socket.onclose = ({ code }) => {
    closed ??= { at: now(), code }
  }
  let beganAt = now()

  function send(part: Trip[]) {
    const text = `message ${++number}`
    const trip: Trip = { sent: now() - beganAt, back: undefined }
    part.push(trip)
    waiting.set(text, trip)
    inFlight = Math.max(inFlight, waiting.size)
    socket.send(text)
    show(parts)
  }
  async function allBack() {
    if (!(await until(() => waiting.size === 0 || closed !== undefined, now() + PATIENCE, ended)) || closed)
      throw new Error('Not every message came back.')
  }

  try {
    const isOpen = () => socket.readyState === WebSocket.OPEN
    if (!(await until(() => isOpen() || closed !== undefined, now() + PATIENCE, ended)) || closed)
      throw new Error('There is no connection to /echo.')
    beganAt = now()
    for (let sent = 0; sent < messages; sent++) {
      send(parts.oneByOne)
      await allBack()
    }
    for (let sent = 0; sent < messages; sent++) {
      send(parts.atOnce)
      if (sent < messages - 1) await pause(now() + apart, ended)
    }
    await allBack()
    const end = silence && (await keepSilence(silence))
    const lastSent = parts.atOnce.at(-1)?.sent ?? 0
    const outcome = {
      ...parts,
      inFlight,
      backWhileSending: parts.atOnce.filter(({ back = Number.POSITIVE_INFINITY }) => back < lastSent).length,
      inOrder,
      end,
    }
    show({ ...parts, ...(end && { end }) })
    return outcome
  } finally {
    beat?.stop()
    socket.close(1000)
  }

  async function keepSilence({ of, seconds }: NonNullable<typeof silence>): Promise<SilenceEnd> {
    let noticedAt: number | undefined
    if (heartbeat !== undefined)
      beat = keepAlive(socket, heartbeat * 1_000, () => {
        noticedAt = now()
      })
    if (of === 'network') await cut(port, client, 'half-open', 0)
    const since = now()
    const isOver = () => noticedAt !== undefined || closed !== undefined
    if (of === 'network') {
      // Somebody goes on typing: three messages into the dark.
      for (let sent = 0; sent < 3 && !isOver(); sent++) {
        send(parts.intoSilence)
        await until(isOver, now() + 500, ended)
      }
    }
    await until(isOver, since + seconds * 1_000, ended)
    const watched = now() - since
    if (of === 'page' && closed === undefined) {
      send(parts.intoSilence)
      await until(() => waiting.size === 0 || closed !== undefined, now() + 2_000, ended)
    }
    return {
      began: since - beganAt,
      watched,
      state: socket.readyState === WebSocket.OPEN ? 'open' : 'closed',
      buffered: socket.bufferedAmount,
      noticedAfter: noticedAt && noticedAt - since,
      closed: closed && { after: closed.at - since, code: closed.code },
    }
  }
}
