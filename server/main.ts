import { createServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { FastifyInstance } from 'fastify'
import { createApp } from './app.ts'
import type { Log } from './feed/log.ts'
import { createMemoryLog } from './feed/memory-log.ts'
import { UnusableFile } from './feed/sqlite-file.ts'
import { openSqliteLog } from './feed/sqlite-log.ts'
import { type Options, readOptions } from './options.ts'
import { openSecret, UnusableSecret } from './people/secret.ts'

/** How long what is open may take to end, in ms. */
const PATIENCE = 4_000

/** The process: options, listen, say where, stop cleanly. Ready is one line on stdout; logs go to stderr. */
const options = readOptions(process.argv)
/** Connections that are open, to cut what does not end by itself. */
const sockets = new Set<Socket>()
let stopping = false
/** The restart that is under way, or was the last. */
let restarting: Promise<void> = Promise.resolve()
/** What sessions are signed with, once a process: they outlive a restart within it, also where nothing is kept. */
let secret: string | undefined
let app = await serve(options.port)
const address = app.server.address()
const port = typeof address === 'object' && address ? address.port : options.port
stopCleanly()
process.stdout.write(`Wireside http://${urlHost(options.host)}:${port}\n`)
if (options.host === '0.0.0.0' || options.host === '::') {
  for (const lan of lanAddresses())
    process.stderr.write(`Others reach it at http://${urlHost(lan)}:${port}\n`)
}

/** A server that listens. Where that cannot be, the process says why and ends. */
async function serve(port: number): Promise<FastifyInstance> {
  const log = await openLog(options)
  // After the log, which says better what is wrong with a folder.
  secret ??= readSecret()
  let asked = false
  const server = await createApp({
    log,
    allowHosts: options.allowHost,
    reports: options.reports,
    sessions: { secret },
    links: { ports: options.links, host: options.host },
    restart: { who: options.allowRestart, keeps: options.data !== 'memory', restart: once },
    logger: { level: 'warn', stream: process.stderr },
  })
  server.server.on('connection', (socket) => sockets.add(socket))
  server.server.on('disconnection', (socket) => sockets.delete(socket))
  try {
    await server.listen({ port, host: options.host })
    return server
  } catch (error) {
    await server.close()
    process.stderr.write(`${await explain(error as NodeJS.ErrnoException)}\n`)
    process.exit(1)
  }

  function once() {
    if (asked) return
    asked = true
    restart()
  }
}

async function openLog({ data, keepDays }: Options): Promise<Log> {
  if (data === 'memory') return createMemoryLog()
  try {
    return await openSqliteLog(data, {
      ...(keepDays !== undefined && { maxAge: keepDays * 24 * 60 * 60 * 1000 }),
      onTrouble: (sentence) => process.stderr.write(`${sentence}\n`),
    })
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

function readSecret(): string {
  try {
    return openSecret(options.data, process.env.WIRESIDE_SECRET)
  } catch (error) {
    if (!(error instanceof UnusableSecret)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

async function explain(error: NodeJS.ErrnoException): Promise<string> {
  switch (error.code) {
    case 'EADDRINUSE': {
      const free = await freePort(options.port + 1)
      return `Port ${options.port} is in use. Port ${free} is free: npm start -- --port ${free}`
    }
    case 'EACCES':
      return `Port ${options.port} needs more rights than you have. Ports from 1024 up do not: npm start -- --port 3000`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address "${options.host}". Use --host 127.0.0.1, or 0.0.0.0 to let others in.`
    default:
      return `Wireside cannot listen on ${options.host}:${options.port}: ${error.message}`
  }
}

/** The first port from `from` up that can be listened on; after the last comes the first that needs no rights. */
async function freePort(from: number): Promise<number> {
  if (from > 65_535) return freePort(1_024)
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .listen(from, options.host, () => probe.close(() => resolve(true)))
  })
  return free ? from : freePort(from + 1)
}

/** 0.0.0.0 is where to listen, not where to go. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
}

/** Ends the server: connections are told and drained; well before 5 s, whatever is left is cut. */
async function drain() {
  const late = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, PATIENCE)
  await app.close()
  clearTimeout(late)
}

/** Ends the server and starts another in its place: the same port, the same data, the same process. */
function restart() {
  restarting = restarting.then(async () => {
    if (stopping) return
    await drain()
    if (stopping) return
    app = await serve(port)
    process.stderr.write('Restarted.\n')
  })
}

/**
 * Ends the process on SIGTERM and SIGINT. A terminal sends Ctrl-C to the whole group and npm passes it on once more, so
 * a second signal means nothing.
 */
function stopCleanly() {
  const stop = () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), PATIENCE).unref()
    restarting.then(drain).then(
      () => process.exit(0),
      (error) => {
        process.stderr.write(`${error}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // npm may end without passing the signal on; a server without its parent would stay behind unseen.
  if (process.env.npm_lifecycle_event === 'start') {
    const parent = process.ppid
    setInterval(() => process.ppid !== parent && stop(), 500).unref()
  }
}
