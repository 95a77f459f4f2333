import { Manager, type Socket } from 'socket.io-client'
import { WebSocket } from 'ws'
import type { TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { createWitness, type Document } from './described.ts'

/** What an acknowledgement brings. */
interface Answer {
  error?: { code: string }
  [field: string]: unknown
}

/** Clients of both libraries whose every frame and packet is held against the document. */
export function createClients(server: TestServer, document: Document) {
  const witness = createWitness(document)
  /** What did not fit the document, gathered where nobody can catch it. */
  const faults: unknown[] = []
  const ends: (() => unknown)[] = []

  function watch(check: () => void) {
    try {
      check()
    } catch (error) {
      faults.push(error)
    }
  }

  /** A client of the `ws` library, each of whose frames is witnessed. */
  async function openSocket(path: string, headers: Record<string, string> = {}, to = server) {
    const channel = /^\/websocket\/./.test(path) ? 'websocketRoom' : 'websocket'
    const socket = new WebSocket(`ws://127.0.0.1:${to.port}${path}`, { headers })
    const heard: Record<string, unknown>[] = []
    let ended: { code: number; reason: string } | undefined
    ends.push(() => socket.terminate())
    socket.on('message', (data) => {
      const text = String(data)
      heard.push(JSON.parse(text))
      watch(() => witness.frame(channel, 'server', text))
    })
    socket.on('close', (code, reason) => {
      ended = { code, reason: String(reason) }
      if (code !== 1005 && code !== 1006) watch(() => witness.end(channel, code, String(reason)))
    })
    socket.on('error', (error) => faults.push(error))
    await until('it is open', () => socket.readyState === socket.OPEN)
    return {
      socket,
      heard,
      say(message: object) {
        const text = JSON.stringify(message)
        watch(() => witness.frame(channel, 'client', text))
        socket.send(text)
      },
      /** What no document describes, to see how it is refused. */
      blurt: (text: string) => socket.send(text),
      hears: (what: string) => until(`${what} is heard`, () => heard.some((each) => what in each)),
      isRefused: (code: string) =>
        until(`${code} is heard`, () =>
          heard.some(({ error }) => (error as { code: string } | undefined)?.code === code),
        ),
      async ends() {
        await until('it has ended', () => ended !== undefined)
        return ended?.code
      },
    }
  }

  /** A client of Socket.IO's library, each of whose packets is witnessed. */
  async function openNamespace(
    namespace: string,
    { auth, query, to = server }: { auth?: object; query?: Record<string, string>; to?: TestServer } = {},
  ) {
    const channel = channelOf(namespace)
    let isWrong = false
    const manager = new Manager(to.url, {
      autoConnect: false,
      reconnection: false,
      forceNew: true,
      ...(query && { query }),
    })
    const crossed = (side: 'client' | 'server') => (packet: { type: string; data?: string }) => {
      if (packet.type !== 'message' || packet.data === undefined) return
      // A farewell carries nothing.
      if (/^1/.test(packet.data)) return
      const meet = isWrong ? witness.wrongPacket : witness.packet
      watch(() => meet(channel, manager, namespace, side, `4${packet.data}`))
    }
    manager.on('open', () => {
      manager.engine.on('packetCreate', crossed('client') as never)
      manager.engine.on('packet', crossed('server') as never)
    })
    const socket: Socket = manager.socket(namespace, auth ? { auth } : {})
    const heard: string[] = []
    let reason: string | undefined
    let refused: string | undefined
    socket.onAny((event) => heard.push(event))
    socket.on('connect_error', ({ message }) => {
      refused = message
    })
    socket.on('disconnect', (why) => {
      reason = why
      if (why !== 'io client disconnect') watch(() => witness.end(channel, undefined, why))
    })
    ends.push(() => socket.disconnect())
    socket.connect()
    await until('it is connected or refused', () => socket.connected || refused !== undefined)
    if (socket.connected)
      await until('it has left polling', () => manager.engine.transport.name === 'websocket')
    return {
      socket,
      heard,
      get refused() {
        return refused
      },
      emit: (event: string, argument: object): Promise<Answer> =>
        socket.timeout(20_000).emitWithAck(event, argument),
      /** What is not as the document has it: its answer must be. */
      async blurt(event: string, argument: unknown): Promise<string | undefined> {
        isWrong = true
        const reply = socket.timeout(20_000).emitWithAck(event, argument)
        isWrong = false
        return (await reply)?.error?.code
      },
      /** A packet of no type that there is. */
      babble() {
        manager.engine.off('packetCreate')
        manager.engine.write('9')
      },
      hears: (event: string) => until(`${event} is heard`, () => heard.includes(event)),
      async ends() {
        await until('it has ended', () => reason !== undefined)
        return reason
      },
    }
  }

  return {
    witness,
    faults,
    openSocket,
    openNamespace,
    close() {
      for (const end of ends) end()
    },
  }
}

const channelOf = (namespace: string) =>
  namespace === '/chat'
    ? 'chat'
    : `lab${namespace.startsWith('/lab-admin') ? 'Admin' : ''}${namespace.split('/').length > 2 ? 'Page' : ''}`
