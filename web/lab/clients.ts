import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { Manager, type Socket } from 'socket.io-client'

/** One text that crossed a client's connection: an Engine.IO packet as it is written in its WebSocket frame. */
export interface Crossed {
  client: string
  from: 'client' | 'server'
  text: string
}

export interface ClientState {
  /** The `socket.id` in the lab's namespace, while it is connected. */
  id?: string
  /** As the server told them last, the one that bears the socket's own id among them. */
  rooms: readonly string[]
  /** What happened to the connection, from its beginning. */
  life: readonly string[]
  /** How many events it heard since the last command. */
  heard: number
  /** The other namespace on the same connection: not asked for, its `socket.id`, or why it was refused. */
  admin: string
}

/** What the server answers to `do`. */
export interface Reply {
  done?: unknown
  rooms?: readonly string[]
  error?: { code: string; message: string }
}

export interface Client {
  name: string
  namespace: string
  state: ReadonlySignal<ClientState>
  /** Emits `do`; absent when nobody answers. */
  act(command: { what: string; room: string; text: string }): Promise<Reply | undefined>
  /** Whether it answers what is `asked`. */
  answers: Signal<boolean>
  /** From here on nothing was heard. */
  forget(): void
  disconnect(): void
  connect(): void
  /** Ends the transport under it, as a broken network does; the library then comes back by itself. */
  cut(): void
  /** Enters the admin namespace through the same Manager, so over the same connection; resolves when it is in or refused. */
  enterAdmin(token: string): Promise<void>
  close(): void
}

interface ClientOptions {
  name: string
  /** Like `/lab/abcd1234`; what the admin namespace is called follows from it. */
  namespace: string
  /** A room that it asks for whenever it is connected, so that it is back in it under its new id. */
  joins?: string | undefined
  onCrossed(crossed: Crossed): void
}

/** A real connection, over a WebSocket from the start: a browser has six connections for all that is HTTP. */
export function createClient({ name, namespace, joins, onCrossed }: ClientOptions): Client {
  const manager = new Manager({ transports: ['websocket'], path: '/socket.io/', reconnectionDelay: 500 })
  const socket: Socket = manager.socket(namespace)
  const state = signal<ClientState>({ rooms: [], life: [], heard: 0, admin: '' })
  const answers = signal(true)
  const adminNamespace = namespace.replace('/lab', '/lab-admin')
  let admin: Socket | undefined
  let adminToken = ''

  const change = (changes: Partial<ClientState>) => {
    state.value = { ...state.peek(), ...changes }
  }
  const tell = (what: string, changes: Partial<ClientState> = {}) =>
    change({ ...changes, life: [...state.peek().life, what] })
  const hear = () => change({ heard: state.peek().heard + 1 })

  async function act(command: { what: string; room: string; text: string }): Promise<Reply | undefined> {
    // The library would keep it for when it is connected again.
    if (!socket.connected) return undefined
    const reply: Reply | undefined = await socket
      .timeout(5_000)
      .emitWithAck('do', command)
      .catch(() => undefined)
    if (reply?.rooms && socket.connected) change({ rooms: reply.rooms })
    return reply
  }

  socket.on('connect', () => {
    tell(`connect, id ${socket.id}`, { id: socket.id, rooms: socket.id ? [socket.id] : [] })
    if (joins) void act({ what: 'join', room: joins, text: '' })
  })
  socket.on('disconnect', (reason) => tell(`disconnect: ${reason}`, { id: undefined, rooms: [] }))
  socket.on('connect_error', ({ message }) => tell(`connect_error: ${message}`))
  socket.on('said', hear)
  socket.on('asked', (_said: unknown, ack: (answer: string) => void) => {
    hear()
    if (answers.peek()) ack(`${name} has it`)
  })
  manager.on('open', () => {
    const { engine } = manager
    // Engine.IO v4: the digit of a message, then what it carries. Heartbeats and handshakes are not of the lab.
    const cross = (from: Crossed['from']) => (packet: { type: string; data?: unknown }) => {
      if (packet.type === 'message') onCrossed({ client: name, from, text: `4${String(packet.data)}` })
    }
    engine.on('packet', cross('server'))
    engine.on('packetCreate', cross('client'))
  })

  return {
    name,
    namespace,
    state,
    answers,
    act,
    forget: () => change({ heard: 0 }),
    disconnect: () => socket.disconnect(),
    connect: () => socket.connect(),
    cut: () => manager.engine?.transport.close(),
    async enterAdmin(token) {
      adminToken = token
      const before = manager.engine?.id
      admin?.disconnect().off()
      // The Manager hands out one socket for a namespace, with the options of the first time, and connects it.
      const entering = manager.socket(adminNamespace, { auth: (give) => give({ token: adminToken }) })
      admin = entering
      await new Promise<void>((resolve) => {
        const become = (what: string) => {
          change({ admin: what })
          resolve()
        }
        const where = () =>
          manager.engine.id === before ? 'the connection that was there' : 'a new connection'
        entering.on('connect', () => become(`connect, id ${entering.id}, on ${where()}`))
        entering.on('connect_error', ({ message }) => become(`connect_error: ${message}`))
        entering.on('disconnect', (reason) => become(`disconnect: ${reason}`))
      })
    },
    close() {
      admin?.disconnect()
      socket.disconnect()
    },
  }
}
