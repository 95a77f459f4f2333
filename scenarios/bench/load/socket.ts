import { connect } from 'node:net'
import type { Gate } from './gate.ts'

/**
 * Takes what it can of the bytes between `start` and `end`, and says how far it came; the rest is brought again when
 * more has come. The bytes are only good during the call.
 */
export type Take = (bytes: Buffer, start: number, end: number) => number

/** Keeps what a reader could not take yet, and brings it again with what follows. */
export function assemble(take: Take): (bytes: Buffer, start: number, end: number) => void {
  let rest: Buffer | undefined
  let length = 0

  function keep(bytes: Buffer, start: number, end: number) {
    const more = end - start
    if (!rest || rest.length < length + more) {
      const larger = Buffer.allocUnsafe(Math.max(4_096, 2 * (length + more)))
      rest?.copy(larger, 0, 0, length)
      rest = larger
    }
    bytes.copy(rest, length, start, end)
    length += more
  }

  return (bytes, start, end) => {
    if (!rest) {
      const taken = take(bytes, start, end)
      if (taken < end) keep(bytes, taken, end)
      return
    }
    keep(bytes, start, end)
    const taken = take(rest, 0, length)
    if (taken === length) {
      // Thousands of connections that each keep a buffer for the next rest would be most of our memory.
      rest = undefined
      length = 0
    } else if (taken > 0) {
      rest.copyWithin(0, taken, length)
      length -= taken
    }
  }
}

export interface Address {
  host: string
  port: number
  /** Where its connections can be kept from being read. */
  gate?: Gate
}

/** A TCP connection. */
export interface Wire {
  write(data: string | Uint8Array): void
  /** Sends what is left to send, then ends. Nothing more is heard. */
  end(): void
  readonly closed: boolean
}

/** All connections read into one buffer, one after the other: what is read is used, or copied, at once. */
const shared = Buffer.allocUnsafeSlow(256 * 1024)

/** Connects. `closed` is called once, unless we ended it ourselves; the reason is for people. */
export function dial(address: Address, take: Take, closed: (reason: string) => void): Wire {
  const assembled = assemble(take)
  let over = false
  let reason = 'the server closed the connection'
  const { host, port, gate } = address
  const socket = connect({
    host,
    port,
    noDelay: true,
    // Bytes without a stream around them: half the cost of a delivery was that stream.
    onread: {
      buffer: shared,
      callback(length) {
        if (!over) assembled(shared, 0, length)
        return true
      },
    },
  })
  gate?.opened(socket)
  socket.on('error', (error) => {
    reason = error.message
  })
  socket.on('close', () => {
    if (over) return
    over = true
    closed(reason)
  })
  return {
    write(data) {
      if (!over) socket.write(data)
    },
    end() {
      over = true
      // Whether or not the other side ends as well: an end that is not answered holds nobody up.
      socket.end()
    },
    get closed() {
      return over
    },
  }
}
