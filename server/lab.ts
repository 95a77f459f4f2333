import type { FastifyPluginAsync } from 'fastify'
import type { Namespace, Socket } from 'socket.io'
import { toWireError, WireError } from './contract/errors.ts'
import { type LabWay, lab as packets } from './contract/sockets.ts'
import { checkStructure, compile } from './contract/validate.ts'
import { createRate } from './limits.ts'
import { waitingIn } from './transports/engine-wire.ts'

/** How much of the lab one connection, one namespace and all of them may take. */
export const labLimits = { rooms: 16, sockets: 64, namespaces: 512, commandsASecond: 20, waiting: 1_000 }

/**
 * `/lab` is for everybody; `/lab/<page>` is a page's own, so that there `io.emit` reaches that page's clients and no
 * others. `/lab-admin` and `/lab-admin/<page>` let in who knows the token.
 */
const labName = /^\/lab(-admin)?(\/[a-z0-9]{8})?$/

/** No secret: it is here so that being refused can be tried, too. */
const TOKEN = 'open-sesame'

/**
 * The lab: Socket.IO's own ways to say something, apart from the feed. A client emits `do` `{what, room, text}`; the server
 * runs the one line of that name, and its acknowledgement is `{done, rooms}` or `{error}`. Receivers hear `said` `{what,
 * text, from}`, or `asked`, which waits for their acknowledgement.
 */
export const lab: FastifyPluginAsync = async (app) => {
  const rate = createRate(labLimits.commandsASecond, 1_000)
  const namespaces = app.io.of((name, _auth, next) => {
    next(null, labName.test(name) && app.io._nsps.size < labLimits.namespaces)
  })

  namespaces.use((socket, next) => {
    const { nsp, handshake } = socket
    if (nsp.sockets.size >= labLimits.sockets) return next(new Error('This lab is full. Try again later.'))
    const isAdmin = nsp.name.startsWith('/lab-admin')
    if (isAdmin && handshake.auth.token !== TOKEN)
      return next(new Error('This token does not open /lab-admin.'))
    next()
  })

  namespaces.on('connection', (socket) => {
    socket.on('do', async (...args: unknown[]) => {
      const last = args.at(-1)
      const ack = typeof last === 'function' ? (reply: object) => last(reply) : () => {}
      try {
        const command = readCommand(args[0])
        if (rate.wait(socket.id) > 0) throw new WireError('too-many', 'Too fast. Try again in 1 s.', 1)
        rate.take(socket.id)
        cutSlow(socket.nsp)
        const { what, room, text = 'hi' } = command
        if (what === 'join' && socket.rooms.size > labLimits.rooms)
          throw new WireError('too-many', `One client may be in ${labLimits.rooms} rooms. Leave one.`)
        const said = { what, text, from: socket.id }
        const done = await emissions[what]({ io: socket.nsp, socket, room, said })
        ack({ done, rooms: [...socket.rooms] })
      } catch (error) {
        const wireError = toWireError(error)
        if (wireError.status === 500) app.log.error(error)
        ack({ error: wireError.body })
      }
    })
  })
}

interface Said {
  what: string
  text: string
  /** The `socket.id` of who asked for it. */
  from: string
}

interface Bench {
  /** The namespace: all that `io.of(name)` is. */
  io: Namespace
  /** The connection of the client who asked. */
  socket: Socket
  room: string
  said: Said
}

/** Each a line, and the page shows that line. */
const emissions = {
  'io.emit': ({ io, said }: Bench) => io.emit('said', said),
  'socket.emit': ({ socket, said }: Bench) => void socket.emit('said', said),
  'socket.broadcast.emit': ({ socket, said }: Bench) => socket.broadcast.emit('said', said),
  'io.to': ({ io, room, said }: Bench) => io.to(room).emit('said', said),
  'socket.to': ({ socket, room, said }: Bench) => socket.to(room).emit('said', said),
  'io.except': ({ io, room, said }: Bench) => io.except(room).emit('said', said),
  'io.volatile': ({ io, said }: Bench) => io.volatile.emit('said', said),
  'io.timeout': ({ io, said }: Bench) => answers(io.timeout(1_000).emitWithAck('asked', said)),
  join: ({ socket, room }: Bench) => void socket.join(room),
  leave: ({ socket, room }: Bench) => void socket.leave(room),
  disconnect: ({ socket }: Bench) => void setImmediate(() => socket.disconnect()),
} satisfies Record<LabWay, (bench: Bench) => unknown>

/** Who answered in time: a client that is late fails the whole, and the answers of the others are in the error. */
async function answers(asked: Promise<unknown[]>): Promise<{ answers: unknown[]; late: boolean }> {
  try {
    return { answers: await asked, late: false }
  } catch (error) {
    const { responses = [] } = error as { responses?: unknown[] }
    return { answers: responses.filter((each) => typeof each === 'string' && each.length <= 64), late: true }
  }
}

/** Engine.IO queues without bound for a client that does not read; here it is sent away. */
function cutSlow({ sockets }: Namespace) {
  for (const { conn } of sockets.values()) {
    if ((waitingIn(conn) ?? 0) > labLimits.waiting) conn.close(true)
  }
}

const checkCommand = compile(packets.do)

function readCommand(request: unknown) {
  const error = checkStructure(request, 'bad-draft') ?? checkCommand(request)
  if (error) throw error
  const { room = 'red', ...rest } = request as { what: LabWay; room?: string; text?: string }
  return { room, ...rest }
}
