import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyTally, type Tally, tallyFields } from '../../server/contract/meter.ts'
import { startChild } from './children.ts'
import type { FromServer, ToServer, Usage } from './server-protocol.ts'

/** A server under test, for one run. */
export interface Server {
  /** Its origin, without a slash at the end. */
  url: string
  /** Of its process; absent when it is somebody else's. */
  process?: {
    pid: number
    usage(): Promise<Usage>
    /** Bytes resident, and those of them that objects and buffers are in. */
    memory(): Promise<{ rss: number; inUse: number }>
    /** The most that were resident since it began. */
    peakMemory(): Promise<number>
    /** Lateness of the event loop counts from now on. */
    forget(): Promise<void>
    /** Ends it, in good order or without a word, and starts it again on its port and its log. */
    restart(how: 'drain' | 'kill'): Promise<void>
  }
  stop(): Promise<void>
}

export interface StartOptions {
  cores: readonly number[] | undefined
  signal: AbortSignal
  /** What to start in the product's place: it speaks server-protocol.ts. */
  module?: string
  args?: readonly string[]
  /** True for one that is to be restarted: its log is a file then, in a folder that goes with it. */
  onDisk?: boolean
}

/** How long a server may take to start, and to answer, in s. */
const PATIENCE = 60
/** How long one may take to end when it is told to, in s; it gives itself 4. */
const GOODBYE = 10

/** A server of our own in a fresh process, so that no run inherits the memory or the compiled code of another. */
export async function startServer(options: StartOptions): Promise<Server> {
  const { args = [], onDisk = false, ...rest } = options
  const folder = onDisk ? await mkdtemp(join(tmpdir(), 'wireside-bench-log-')) : undefined
  const kept = folder === undefined ? args : [...args, '--data', folder]
  const launch = (port?: number) =>
    startChild<ToServer, FromServer>({
      name: 'server',
      module: 'scenarios/bench/server-process',
      ...rest,
      args: port === undefined ? kept : [...kept, '--port', String(port)],
    })
  let child = launch()
  let stopped = false

  async function hear<Said extends FromServer['said']>(said: Said) {
    const message = await child.hear(PATIENCE)
    if (message.said !== said) throw new Error(`The server said "${message.said}" where "${said}" was due.`)
    return message as Extract<FromServer, { said: Said }>
  }
  async function ask<Said extends FromServer['said']>(question: ToServer['ask'], said: Said) {
    child.tell({ ask: question })
    return await hear(said)
  }
  async function stop() {
    stopped = true
    await child.stop()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }

  try {
    const { port } = await hear('listening')
    return {
      url: `http://127.0.0.1:${port}`,
      process: {
        get pid() {
          return child.pid
        },
        usage: async () => (await ask('usage', 'usage')).usage,
        memory: () => ask('memory', 'memory'),
        peakMemory: async () => (await ask('memory', 'memory')).peak,
        forget: async () => void (await ask('forget', 'forgotten')),
        async restart(how) {
          if (how === 'drain') {
            child.tell({ ask: 'drain' })
            await child.ended(GOODBYE)
          }
          await child.stop()
          if (stopped) throw new Error('The server was stopped while it restarted.')
          child = launch(port)
          await hear('listening')
        },
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Somebody else's server: it is neither started nor stopped, and its process cannot be asked. */
export const borrowServer = (url: URL): Server => ({ url: url.origin, stop: async () => {} })

/** What each of these clients has cost so far, all transports together. Throws a sentence when there is no meter. */
export async function readMeter<Client extends string>(
  url: string,
  clients: readonly Client[],
  signal: AbortSignal,
): Promise<Record<Client, Tally>> {
  const query = clients.map((client) => `client=${client}`).join('&')
  const response = await fetch(`${url}/meter?${query}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE * 1000)]),
  })
  if (!response.ok) throw new Error(`${url}/meter answered ${response.status}.`)
  const answer = (await response.json()) as Record<Client, Record<string, Tally>>
  return Object.fromEntries(clients.map((client) => [client, sum(Object.values(answer[client]))])) as Record<
    Client,
    Tally
  >
}

/** Between two readings that shall agree, in ms, and how many are taken at most. */
const PAUSE = 20
const READINGS = 10

/**
 * The meter once nothing moves any more: what was on its way when the load fell silent has arrived. Short polls never
 * stop; then it is the last of a few readings, and a poll more or less is all it can be wrong by.
 */
export async function readSettledMeter<Client extends string>(
  url: string,
  clients: readonly Client[],
  signal: AbortSignal,
): Promise<Record<Client, Tally>> {
  let last = await readMeter(url, clients, signal)
  for (let reading = 1; reading < READINGS; reading++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    const next = await readMeter(url, clients, signal)
    const settled = clients.every((client) =>
      tallyFields.every((field) => next[client][field] === last[client][field]),
    )
    last = next
    if (settled) break
  }
  return last
}

function sum(tallies: readonly Tally[]): Tally {
  const total = emptyTally()
  for (const tally of tallies) for (const field of tallyFields) total[field] += tally[field]
  return total
}

/** What was counted between two readings; `open` is as it was at the end. */
export function difference(before: Tally, after: Tally): Tally {
  const counted = emptyTally()
  for (const field of tallyFields) counted[field] = after[field] - before[field]
  return { ...counted, open: after.open }
}
