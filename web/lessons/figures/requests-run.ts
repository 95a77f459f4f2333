import type {
  Exchange,
  RequestSeries,
  RequestsOutcome,
  RequestsParameters,
  SeriesOutcome,
} from '../../../scenarios/lessons/figures/requests.ts'
import { until } from '../../experiments/time.ts'
import { utf8 } from '../../inspector/bytes.ts'
import { responseAt } from '../../inspector/http.ts'
import { contentOf } from '../../inspector/layer.ts'
import { streamOf } from '../../inspector/stream.ts'
import { linkWith } from '../../network/links.ts'
import { post } from '../../transports/http.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'
import { openRaw, type RawSocket } from '../raw-socket.ts'

/** How long an answer may take, in ms, on top of the round trips that a link adds. */
const PATIENCE = 10_000
/** How long the server may take to end a connection that it said it would, in ms. */
const GOODBYE = 2_000

type Response = NonNullable<ReturnType<typeof responseAt>>

/** One run; `show` gets what is known after each answer. */
export async function runRequests(
  { series, count, rtt }: RequestsParameters,
  ended: AbortSignal,
  show: (outcome: RequestsOutcome) => void,
): Promise<RequestsOutcome> {
  const target = await makeTarget()
  const port = rtt > 0 ? await linkWith({ rtt }, async () => {}) : undefined
  const done: SeriesOutcome[] = []
  for (const each of series) {
    const exchanges: Exchange[] = []
    for await (const exchange of exchangesOf(each, target)) {
      exchanges.push(exchange)
      show({ rtt, series: [...done, { label: each.label, exchanges: [...exchanges] }] })
    }
    done.push({ label: each.label, exchanges })
  }
  return { rtt, series: done }

  async function* exchangesOf({ version, fields }: RequestSeries, path: string) {
    const head = [`GET ${path} HTTP/${version}`, `Host: ${location.host}`, ...fields, '', '']
    const request = new TextEncoder().encode(head.join('\r\n'))
    let wire: Wire | undefined
    let number = 0
    try {
      for (let at = 0; at < count; at++) {
        const isNew = wire === undefined
        if (isNew) number += 1
        wire ??= openWire(port, ended)
        const { response, exchange } = await wire.ask(request, rtt)
        const persists = isPersistent(version, response)
        const isLast = !persists && (await wire.isEnded())
        if (!persists) {
          wire.close()
          wire = undefined
        }
        yield { ...exchange, connection: number, isLast }
      }
    } finally {
      wire?.close()
    }
  }
}

/** Whether a connection goes on after an answer (RFC 9112 §9.3). Its first line may name a higher version than ours. */
function isPersistent(asked: RequestSeries['version'], { head }: Response): boolean {
  const options = (head.fields.get('connection') ?? '').toLowerCase().split(/\s*,\s*/)
  if (options.includes('close')) return false
  return asked === '1.1' || options.includes('keep-alive')
}

/** A TCP connection of its own, on which requests are made one after another. Times are by the server's clock. */
export interface Wire {
  ask(
    request: Uint8Array,
    rtt: number,
  ): Promise<{ response: Response; exchange: Omit<Exchange, 'connection' | 'isLast'> }>
  /** Whether the server ended the connection; it is given a moment for it. */
  isEnded(): Promise<boolean>
  close(): void
}

/** To this server or, with a port, to one of its links. */
export function openWire(port: number | undefined, ended: AbortSignal): Wire {
  let isOver: { reason: string | undefined } | undefined
  const socket: RawSocket = openRaw(
    {
      onClose(reason) {
        isOver = { reason }
      },
    },
    port,
  )
  let asked = 0
  let answered = 0
  const isClosed = () => socket.connection.closedBy !== undefined || isOver !== undefined

  return {
    async ask(request, rtt) {
      const isNew = asked === 0
      await until(() => socket.connectedAfter !== undefined || isClosed(), now() + PATIENCE, ended)
      const { connectedAfter } = socket
      if (connectedAfter === undefined) throw new Error(isOver?.reason ?? 'No TCP connection came about.')
      socket.send(request)
      let response: Response | undefined
      const bytes = () => streamOf(socket.connection, 'server').bytes
      const isWhole = () => {
        response = responseAt(bytes(), answered, 'GET', undefined)
        return response?.isWhole === true
      }
      if (
        !(await until(() => isWhole() || isClosed(), now() + PATIENCE + 3 * rtt, ended)) ||
        !response?.isWhole
      )
        throw new Error(isOver?.reason ?? 'The server did not answer.')

      const sentAt = streamOf(socket.connection, 'client').timeAt(asked)
      const wholeAt = streamOf(socket.connection, 'server').timeAt(response.end - 1)
      // The page hears of a new connection a little after it is there. That is the relay's doing and not counted; what
      // falls into the link's modelled handshake, one round trip, delayed nothing.
      const lag = isNew ? Math.max(0, sentAt - socket.connection.openedAt - rtt) : 0
      const since = isNew ? socket.connection.openedAt - connectedAfter : sentAt
      const exchange = {
        connect: isNew ? connectedAfter : undefined,
        took: wholeAt - since - lag,
        sent: request.length,
        received: response.end - answered,
        headSent: request.length,
        headReceived: response.head.end - response.head.start,
        status: response.status,
        connectionField: response.head.fields.get('connection') ?? '',
        body: utf8(contentOf(bytes(), response.body)),
      }
      asked += request.length
      answered = response.end
      return { response, exchange }
    },
    isEnded: () => until(isClosed, now() + GOODBYE, ended),
    close: () => socket.close(),
  }
}

/** A room with two entries, and the page of it that follows its beginning: the same at any time, whoever asks. */
async function makeTarget(): Promise<string> {
  const room = `lesson-${randomName()}`
  const response = await fetch(`/short-polling/${room}`, { signal: AbortSignal.timeout(10_000) }).catch(
    () => {
      throw new Error('The server does not answer.')
    },
  )
  const { cursor }: { cursor: string } = await response.json()
  for (const text of ['hi', 'still here']) {
    await post({ url: location.origin, room }, '/short-polling', { name: 'ana', text })
  }
  return `/short-polling/${room}?after=${cursor}`
}
