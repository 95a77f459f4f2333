import type { Connection } from '../../transports/connection.ts'

/** What a tab does with the stream it reads, as it is looked at or not. */
export interface Tab {
  show(): void
  hide(): void
  close(): void
}

/** Opens a stream that goes on after a cursor. */
type Read = (after: string | undefined) => Connection

/**
 * A tab that opens an event stream and keeps it until it is closed, seen or not. With six such tabs all connections that
 * a browser has for one server are held, and the seventh waits without a word.
 * Known from freenet/freenet-core#5213.
 */
export function keepsItsStream(read: Read): Tab {
  // The bug: nobody asks whether somebody looks.
  const stream = read(undefined)
  return { show() {}, hide() {}, close: () => stream.close() }
}

/** The cure: a tab that nobody sees lets go, and goes on after its cursor when it is seen again. The dashboard does so. */
export function letsGoWhenHidden(read: Read): Tab {
  let stream = read(undefined)
  let cursor: string | undefined
  return {
    show() {
      stream = read(cursor)
    },
    hide() {
      cursor = stream.cursor
      stream.close()
    },
    close: () => stream.close(),
  }
}
