import type { Socket } from 'socket.io-client'
import type { Target } from '../transports/connection.ts'
import { now } from '../ui/clock.ts'

/**
 * Something that crossed the edge of the page, seen where it crossed. The page sees its own end only: when a request
 * reached the server, and how long its head was, only the server knows.
 */
export type Crossing = { at: number } & (
  | { kind: 'request'; exchange: number; method: string }
  | { kind: 'response'; exchange: number; status?: number }
  | { kind: 'failed'; exchange: number }
  /** From here on the server can send by itself. */
  | { kind: 'open'; pipe: number; carrier: string }
  | { kind: 'close'; pipe: number }
  /** Socket.IO asked for a WebSocket in place of its polling, and did not get it. */
  | { kind: 'upgrade-failed' }
  | { kind: 'in' | 'out'; text: string }
)

type Event = Crossing extends infer Each ? (Each extends Crossing ? Omit<Each, 'at'> : never) : never

/** What a client is given to reach the network with. */
export type Network = Required<Pick<Target, 'fetch' | 'WebSocket' | 'io'>>

/** Wraps a network so that every crossing is reported. What comes back is what went in, by type and behaviour. */
export function watchTraffic(
  network: Network,
  report: (crossing: Crossing) => void,
  nextId: () => number = counter(),
): Network {
  const tell = (event: Event) => report({ ...event, at: now() })
  return {
    fetch: watchFetch(network.fetch, tell, nextId),
    WebSocket: watchWebSocket(network.WebSocket, tell, nextId),
    io: watchIo(network.io, tell, nextId),
  }
}

function counter(): () => number {
  let count = 0
  return () => ++count
}

type Tell = (event: Event) => void

function watchFetch(fetch: Network['fetch'], tell: Tell, nextId: () => number): Network['fetch'] {
  return async (input, init) => {
    const exchange = nextId()
    tell({ kind: 'request', exchange, method: init?.method ?? 'GET' })
    try {
      const response = await fetch(input, init)
      tell({ kind: 'response', exchange, status: response.status })
      const streams = response.headers.get('content-type')?.startsWith('text/event-stream')
      return streams && response.body ? watchStream(response, response.body, tell, exchange) : response
    } catch (error) {
      tell({ kind: 'failed', exchange })
      throw error
    }
  }
}

/** An event stream goes on after its head: the body is handed on chunk by chunk, as the reader asks for it. */
function watchStream(
  response: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  tell: Tell,
  pipe: number,
): Response {
  tell({ kind: 'open', pipe, carrier: 'event stream' })
  const reader = body.getReader()
  const watched = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            tell({ kind: 'close', pipe })
            controller.close()
          } else {
            tell({ kind: 'in', text: preview(new TextDecoder().decode(value.subarray(0, PREVIEW * 2))) })
            controller.enqueue(value)
          }
        } catch (error) {
          tell({ kind: 'close', pipe })
          controller.error(error)
        }
      },
      cancel(reason) {
        tell({ kind: 'close', pipe })
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(watched, response)
}

function watchWebSocket(
  Socket: Network['WebSocket'],
  tell: Tell,
  nextId: () => number,
): Network['WebSocket'] {
  return new Proxy(Socket, {
    construct(target, given: ConstructorParameters<typeof WebSocket>) {
      const socket = new target(...given)
      const pipe = nextId()
      // A handshake is an HTTP exchange: a GET that is answered with 101, or not at all as far as a page can see.
      tell({ kind: 'request', exchange: pipe, method: 'GET' })
      let open = false
      socket.addEventListener('open', () => {
        open = true
        tell({ kind: 'response', exchange: pipe, status: 101 })
        tell({ kind: 'open', pipe, carrier: 'WebSocket' })
      })
      socket.addEventListener('message', ({ data }) => tell({ kind: 'in', text: preview(data) }))
      socket.addEventListener('close', () => {
        tell(open ? { kind: 'close', pipe } : { kind: 'failed', exchange: pipe })
      })
      const send = socket.send.bind(socket)
      socket.send = (data) => {
        tell({ kind: 'out', text: preview(data) })
        send(data)
      }
      return socket
    },
  })
}

function watchIo(io: Network['io'], tell: Tell, nextId: () => number): Network['io'] {
  const seen = new WeakSet<object>()

  const watchEngine = (engine: Socket['io']['engine']) => {
    if (seen.has(engine)) return
    seen.add(engine)
    let pipe: number | undefined
    const end = () => {
      if (pipe !== undefined) tell({ kind: 'close', pipe })
      pipe = undefined
    }
    const begin = (carrier: string) => {
      if (carrier === 'polling') return
      pipe = nextId()
      tell({ kind: 'open', pipe, carrier })
    }
    watchPolling(engine.transport, tell, nextId)
    engine.on('open', () => begin(engine.transport.name))
    engine.on('upgrade', (transport) => begin(transport.name))
    engine.on('upgradeError', () => tell({ kind: 'upgrade-failed' }))
    engine.on('packet', ({ type, data }) => tell({ kind: 'in', text: preview(`${type} ${data ?? ''}`) }))
    engine.on('packetCreate', ({ type, data }) =>
      tell({ kind: 'out', text: preview(`${type} ${data ?? ''}`) }),
    )
    engine.on('close', end)
  }

  return new Proxy(io, {
    apply(target, self, given) {
      const socket: Socket = Reflect.apply(target, self, given)
      // A manager makes a new engine for every attempt, and says so only once that is open.
      if (socket.io.engine) watchEngine(socket.io.engine)
      socket.io.on('open', () => watchEngine(socket.io.engine))
      return socket
    },
  })
}

/** Before the upgrade Socket.IO polls: each poll is an exchange. */
function watchPolling(
  transport: Socket['io']['engine']['transport'],
  tell: Tell,
  nextId: () => number,
): void {
  if (transport.name !== 'polling') return
  let exchange: number | undefined
  const ask = () => {
    exchange = nextId()
    tell({ kind: 'request', exchange, method: 'GET' })
  }
  const answer = (kind: 'response' | 'failed') => () => {
    if (exchange !== undefined) tell({ kind, exchange })
    exchange = undefined
  }
  // The first poll is under way before anybody can listen.
  ask()
  transport.on('poll', ask)
  transport.on('pollComplete', answer('response'))
  transport.on('error', answer('failed'))
  transport.on('close', answer('failed'))
}

const PREVIEW = 80

/** The beginning of a message; line ends are shown, so that an event stays on one line. */
function preview(data: unknown): string {
  if (typeof data !== 'string') return 'binary'
  const line = data.slice(0, PREVIEW).replaceAll('\n', '↵')
  return data.length > PREVIEW ? `${line}…` : line
}
