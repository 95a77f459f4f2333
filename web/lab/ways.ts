import { findPlace } from '../lessons/code/places.ts'
import { sourceOf } from '../lessons/code/sources.ts'

/** The ways to emit, by the name that the server's source gives each, and whom each is for. */
export const ways = [
  { what: 'io.emit', label: 'io.emit', about: 'Everybody in this namespace.' },
  { what: 'socket.emit', label: 'socket.emit', about: 'The one client whose socket it is.' },
  {
    what: 'socket.broadcast.emit',
    label: 'socket.broadcast.emit',
    about: 'Everybody in this namespace, without the one whose socket it is.',
  },
  { what: 'io.to', label: 'io.to(room).emit', about: 'Everybody in the room, whoever asked.' },
  {
    what: 'socket.to',
    label: 'socket.to(room).emit',
    about: 'Everybody in the room, without the one whose socket it is.',
  },
  { what: 'io.except', label: 'io.except(room).emit', about: 'Everybody who is not in the room.' },
  {
    what: 'io.volatile',
    label: 'io.volatile.emit',
    about: 'Everybody whose connection can be written to right now; for the others nothing is kept.',
  },
  {
    what: 'io.timeout',
    label: 'io.timeout(1000).emitWithAck',
    about: 'Everybody, and each must acknowledge it within 1 s. One that does not makes the whole fail.',
  },
] as const

export const wayOf = (what: string) => ways.find((way) => way.what === what)

/** The line of the server that a command runs, from its real source. */
export async function lineOf(what: string): Promise<string> {
  const source = await sourceOf('server/lab.ts')
  const from = what.includes('.') ? `'${what}': (` : `  ${what}: (`
  const { first } = findPlace(source, { file: 'server/lab.ts', from, note: '' })
  return (source.split('\n')[first - 1] ?? '').trim().replace(/,$/, '')
}
