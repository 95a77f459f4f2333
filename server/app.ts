import type { Socket } from 'node:net'
import fastifyWebsocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import Type from 'typebox'
import { now } from './clock.ts'
import { WireError } from './contract/errors.ts'
import { pathOf, transportNames } from './contract/transports.ts'
import { TalliesSchema } from './contract/wire.ts'
import { createDoor, type DoorOptions } from './door.ts'
import { echo } from './echo.ts'
import { createFeed } from './feed/feed.ts'
import type { Log } from './feed/log.ts'
import { createMemoryLog } from './feed/memory-log.ts'
import { notFound, refuseSocket, refuseUrl, speakTheContract } from './http.ts'
import { lab } from './lab.ts'
import { lessons } from './lessons/index.ts'
import { createLimits, type LimitOptions } from './limits.ts'
import { type LinksOptions, links } from './links.ts'
import { createMeter, type Meter } from './meter/meter.ts'
import { describeApi, docs, pages } from './pages.ts'
import { createGuard } from './people/guard.ts'
import { createIdentify, identifySockets } from './people/identify.ts'
import { createPresence } from './people/presence.ts'
import { roomRoutes } from './people/room-routes.ts'
import { createRooms } from './people/rooms.ts'
import { sessionRoutes } from './people/session-routes.ts'
import { createSessions, type SessionOptions } from './people/sessions.ts'
import { reports } from './reports.ts'
import { type RestartOptions, restart } from './restart.ts'
import { transports } from './transports/index.ts'
import { createIo } from './transports/socket-io.ts'
import { webSocketOptions } from './transports/websocket.ts'

export interface AppOptions extends DoorOptions {
  log?: Log
  meter?: Meter
  logger?: FastifyServerOptions['logger']
  /** What one address may do, and when load is shed. */
  limits?: LimitOptions
  /** Between two heartbeats of a connection that is held open, in ms; for tests in a hurry. */
  heartbeat?: number
  /** The folder whose reports are shown; none without it. */
  reports?: string
  /** Where links may listen; nowhere without it. */
  links?: Omit<LinksOptions, 'carried'>
  /** How sessions are signed, and for how long they are good. */
  sessions?: SessionOptions
  /** Who may restart the server, and how that is done; nobody without it. */
  restart?: RestartOptions
}

/** The whole server, ready to listen: door → feed within limits, for those who may → meter → five transports → the rest. */
export async function createApp(options: AppOptions = {}): Promise<FastifyInstance> {
  const { heartbeat } = options
  const meter = options.meter ?? createMeter()
  const limits = createLimits(options.limits)
  const sessions = createSessions(options.sessions)
  const door = createDoor({
    ...options,
    gate: limits,
    identify: createIdentify(sessions),
    ServerResponse: meter.ServerResponse,
  })
  const log = options.log ?? createMemoryLog()
  const rooms = await createRooms(log, sessions)
  const guard = createGuard(rooms)
  const feed = guard(limits.limit(createFeed(log, createPresence(heartbeat))))

  const app = Fastify({
    serverFactory: door.serverFactory,
    forceCloseConnections: true,
    logger: options.logger ? redacted(options.logger) : false,
    // A room name that is too long is a bad room, not an unknown path.
    routerOptions: { maxParamLength: 16_384 },
    clientErrorHandler: refuseSocket,
    frameworkErrors: refuseUrl,
  })
  speakTheContract(app)
  await app.register(describeApi)

  // The same feed, five times; the two socket servers have each a path of the door of their own
  app.decorate('io', createIo(door, heartbeat))
  identifySockets(app.io.of('/chat'), sessions)
  for (const name of transportNames) {
    const options = {
      feed: meter.wrap(feed, name),
      ...(heartbeat !== undefined && { heartbeat }),
    }
    const prefix = pathOf[name]
    if (name === 'websocket') {
      await app.register(
        // A scope of its own: the hooks of @fastify/websocket run for every route beneath theirs, and no poll needs them.
        async (scope) => {
          await scope.register(fastifyWebsocket, webSocketOptions(door))
          app.decorate('websocketServer', scope.websocketServer)
          // An upgrade of what is not here ends with such a hook, too.
          scope.setNotFoundHandler(notFound)
          await scope.register(transports.websocket, options)
        },
        { prefix },
      )
    } else await app.register(transports[name], { prefix, ...options })
  }

  // Who is who, and in which rooms
  await app.register(sessionRoutes, { sessions, limits, welcome: rooms.welcome })
  await app.register(roomRoutes, { rooms, feed, limits })

  // Beside the feed
  app.get('/health', { schema: healthSchema }, async () => ({
    ok: true,
  }))
  app.get('/time', { schema: timeSchema }, async () => ({
    now: now(),
  }))
  app.get('/meter', { schema: meterSchema }, async (request) => {
    const asked = new URLSearchParams(request.url.split('?')[1]).getAll('client')
    if (asked.length === 0) return meter.read()
    if (asked.length > 64) throw new WireError('bad-query', 'Ask for at most 64 clients at a time.')
    return Object.fromEntries(asked.map((client) => [client, meter.read(client)]))
  })
  await app.register(echo, { door })
  await app.register(lab)
  await app.register(reports, { folder: options.reports })
  const carried = new Map<number, Socket>()
  await app.register(links, { ...(options.links ?? { ports: [], host: '127.0.0.1' }), carried })
  await app.register(restart, {
    options: options.restart,
    isLink: ({ remotePort }) => remotePort !== undefined && carried.has(remotePort),
  })
  await app.register(lessons, { door, feed, sessions })
  await app.register(docs)
  await app.register(pages)

  app.addHook('onClose', async () => limits.close())
  app.addHook('onClose', async () => log.close())
  await app.ready()
  meter.tap(app.server, app.websocketServer, app.io.engine)
  return app
}

/** A token in a log is a token for whoever reads the log. */
const redacted = (logger: true | object) => ({
  ...(logger === true ? {} : logger),
  redact: ['authorization', 'cookie', '["set-cookie"]', 'token', 'auth', 'invite'].flatMap((field) =>
    [field, `*.${field}`, `*.*.${field}`].map((path) => path.replaceAll('.[', '[')),
  ),
})

const healthSchema = {
  summary: 'Whether the server is up',
  tags: ['beside'],
  response: { 200: Type.Object({ ok: Type.Boolean() }) },
}

const timeSchema = {
  summary: "The server's clock",
  tags: ['beside'],
  response: { 200: Type.Object({ now: Type.Number({ description: 'ms since 1970, with fractions' }) }) },
}

const meterSchema = {
  summary: 'What each transport has cost',
  description:
    'Tallies by transport; with ?client=a&client=b by client and transport. Bytes are read from the sockets.',
  tags: ['beside'],
  response: { 200: Type.Union([TalliesSchema, Type.Record(Type.String(), TalliesSchema)]) },
}
