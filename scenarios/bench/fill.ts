import { WebSocket } from 'ws'
import type { Scenario } from '../scenario.ts'

/** Entries in each of the other rooms. */
const ENTRIES_EACH = 10
/** How many drafts may be without a receipt: enough to keep the server busy, few enough for its socket. */
const IN_FLIGHT = 64

/**
 * Publishes what a scenario finds in place: `history` entries in the room, and `otherRooms` other rooms. Resolves once
 * the server has receipted all of it; a client without a name does it, so that no lane of the meter pays.
 */
export async function fill(
  url: string,
  room: string,
  { history = 0, otherRooms = 0 }: Scenario,
  signal: AbortSignal,
): Promise<void> {
  const rooms = [
    ...Array.from({ length: otherRooms * ENTRIES_EACH }, (_, n) => `other-${n % otherRooms}`),
    ...Array.from({ length: history }, () => room),
  ]
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/websocket`)
  let abort = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => reject(signal.reason)
      let sent = 0
      let receipted = 0
      const send = () => {
        const next = rooms[sent]
        if (next === undefined) return
        sent++
        socket.send(JSON.stringify({ publish: { text: `Said before, number ${sent}.` }, room: next }))
      }
      signal.addEventListener('abort', abort)
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('The server closed the connection that filled its rooms.')))
      socket.on('open', () => {
        for (let n = 0; n < IN_FLIGHT; n++) send()
        if (rooms.length === 0) resolve()
      })
      socket.on('message', (data) => {
        const { receipt, error } = JSON.parse(String(data))
        if (error) return reject(new Error(`The rooms could not be filled: ${error.message}`))
        if (!receipt) return
        receipted++
        if (receipted === rooms.length) resolve()
        else send()
      })
    })
  } finally {
    signal.removeEventListener('abort', abort)
    socket.removeAllListeners('close')
    socket.close()
  }
}
