import type { Observation } from '../../report.ts'
import { linkTo } from './behind.ts'
import { listen, newRoom, socketUrl } from './wire.ts'

/** After so many s without a byte the link ends a connection. Shorter than any heartbeat of the server's own. */
const LIMIT = 2
const BEAT_MS = 500
/** However late a timer may be; the connection is taken to be kept after this. */
const PATIENCE_MS = 30_000

/** Two WebSockets behind a link that cuts what is idle: one says nothing, the other beats. */
export async function idleCut(url: string): Promise<Observation[]> {
  const { link, url: behind } = await linkTo(url, { idleCut: LIMIT })
  const address = socketUrl(behind, `/websocket/${newRoom()}`)
  const open: Awaited<ReturnType<typeof listen>>[] = []
  let beat: NodeJS.Timeout | undefined
  try {
    const beating = await listen(address)
    open.push(beating)
    beat = setInterval(() => beating.socket.ping(), BEAT_MS)
    const silent = await listen(address)
    open.push(silent)
    const since = performance.now()
    const after = await new Promise<number | undefined>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS, undefined)
      silent.socket.once('close', () => {
        clearTimeout(timer)
        resolve((performance.now() - since) / 1_000)
      })
    })
    // The other has to outlive the limit several times over.
    await new Promise((resolve) => setTimeout(resolve, 2 * LIMIT * 1_000))
    await beating.quiet()
    return [
      { id: 'limit', what: 'Silence after which the link ends a connection.', value: LIMIT, unit: 's' },
      {
        id: 'silent-cut',
        what: 'Whether a WebSocket that said nothing was ended.',
        value: after !== undefined,
      },
      ...(after === undefined
        ? []
        : [
            {
              id: 'silent-cut-after',
              what: 'After how long.',
              value: Math.round(after * 10) / 10,
              unit: 's',
            },
          ]),
      { id: 'beat', what: 'Between two pings of the other.', value: BEAT_MS / 1_000, unit: 's' },
      {
        id: 'beating-cut',
        what: 'Whether a WebSocket that sent pings was ended, by the time three limits had passed.',
        value: beating.socket.readyState !== beating.socket.OPEN,
      },
    ]
  } finally {
    clearInterval(beat)
    for (const { socket } of open) socket.terminate()
    await link.close()
  }
}
