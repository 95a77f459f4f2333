import type { Socket } from 'socket.io-client'
import type { Entry } from '../../../server/contract/wire.ts'

/**
 * A client that adds its listener whenever it is connected. `connect` comes again after every reconnect, and the socket is
 * the same one: the listeners of before are still there, so each message is handled once more each time.
 * Known from socketio/socket.io#4919.
 * The cure is to add it once, outside (web/lessons/figures/socket-io-run.ts).
 */
export function listenAtEveryConnect(socket: Socket, room: string, onEntry: (entry: Entry) => void): void {
  socket.on('connect', () => {
    socket.on('entry', onEntry)
    socket.emit('join', { room })
  })
}
