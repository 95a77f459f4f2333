import { createGate } from './load/gate.ts'
import { createHeads } from './load/headers.ts'
import { transports } from './load/transports/index.ts'

/** Transports that push: what a reader of a poll does not ask for, it is not owed. */
export const pushTransports = ['sse', 'websocket', 'socket-io'] as const
export type PushTransport = (typeof pushTransports)[number]

/** By what name the meter knows it. */
export const pausedClient = (transport: PushTransport) => `paused-${transport}` as const

/** One that has joined a room and reads no more. */
export interface PausedReader {
  /** Reads on, and tells how its connection ended; nothing where it has not within so many seconds. */
  readOn(seconds: number): Promise<string | undefined>
  close(): void
}

/** Resolves when it has joined, and from then on reads nothing. */
export async function pauseReader(
  transport: PushTransport,
  url: string,
  room: string,
): Promise<PausedReader> {
  const { hostname, port, origin } = new URL(url)
  const gate = createGate()
  let ended: string | undefined
  const nothing = () => {}

  const lane = await new Promise<{ close(): void }>((resolve, reject) => {
    const opened = transports[transport](
      {
        address: { host: hostname, port: Number(port), gate },
        room,
        client: pausedClient(transport),
        heads: createHeads({ headers: 'minimal', cookieBytes: 0, keepAlive: true, origin }),
        interval: 1,
        wait: 25,
        random: Math.random,
      },
      { onWritten: nothing, onReceipt: nothing, onRefused: nothing, onOpen: nothing, onCut: nothing },
      {
        cursor: undefined,
        onJoined: nothing,
        onEntries: nothing,
        onPage: () => false,
        onGap: nothing,
        onOpen() {
          gate.pause()
          resolve(opened)
        },
        onCut(reason) {
          ended ??= reason
          reject(new Error(`The reader that was to pause was cut before: ${reason}`))
          // It would try again, once we are through here.
          queueMicrotask(() => opened.close())
        },
      },
    )
  })

  return {
    async readOn(seconds) {
      gate.resume()
      for (const deadline = performance.now() + seconds * 1_000; ended === undefined; ) {
        if (performance.now() > deadline) return undefined
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return ended
    },
    close: () => lane.close(),
  }
}
