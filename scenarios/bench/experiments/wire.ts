import { randomBytes } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Entry } from '../../../server/contract/wire.ts'

/**
 * What experiments need of the wire: a room of their own, somebody who writes there, somebody who listens.
 */

/** However slow the machine; an experiment that waits longer than this has failed. */
const PATIENCE_MS = 30_000

export const newRoom = (): string => `look-${randomBytes(6).toString('hex')}`

/** The address of a WebSocket below a server's origin. */
export const socketUrl = (url: string, path: string): string => new URL(path, url.replace(/^http/, 'ws')).href

export interface Listening {
  socket: WebSocket
  /** Text messages, in the order in which they came. */
  messages: readonly string[]
  /**
   * Resolves when a message is so; rejects with `what` was awaited when the socket closes or nothing comes.
   */
  heard(what: string, is: (message: string) => boolean): Promise<string>
  /** Resolves when all that the server had sent before has arrived, or the connection is closed. */
  quiet(): Promise<void>
}

/** A plain WebSocket that keeps what it hears. It has heard nothing yet when it is handed over. */
export async function listen(address: string): Promise<Listening> {
  const socket = new WebSocket(address, { perMessageDeflate: false })
  const messages: string[] = []
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of [...waiting]) look()
  }
  socket.on('message', (data) => {
    messages.push(String(data))
    wake()
  })
  socket.on('close', wake)

  /** Resolves when `look` finds something, now or after any message. */
  function found<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(() => reject(new Error(`No sign of ${what} on ${address}.`))),
        PATIENCE_MS,
      )
      const settle = (end: () => void) => {
        clearTimeout(timer)
        waiting.delete(check)
        end()
      }
      const check = () => {
        const result = look()
        if (result !== undefined) settle(() => resolve(result))
        else if (socket.readyState === WebSocket.CLOSED) {
          settle(() => reject(new Error(`${address} was closed before ${what} came.`)))
        }
      }
      waiting.add(check)
      check()
    })
  }

  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  // What goes wrong later closes the socket, and that is looked at.
  socket.on('error', () => {})

  return {
    socket,
    messages,
    heard: (what, is) => found(what, () => messages.find(is)),
    quiet: () =>
      new Promise((resolve) => {
        if (socket.readyState !== WebSocket.OPEN) return resolve()
        // A pong comes after everything that was sent before its ping arrived.
        socket.once('pong', () => resolve())
        socket.once('close', () => resolve())
        socket.ping()
      }),
  }
}

/** Publishes texts to a room, in order, over a WebSocket of its own. Resolves when all are in the log. */
export async function publish(url: string, room: string, texts: readonly string[]): Promise<void> {
  const writer = await listen(socketUrl(url, '/websocket'))
  let receipts = 0
  // A thousand under way at a time: what the server has not read yet waits in its buffers.
  for (let from = 0; from < texts.length; from += 1_000) {
    const batch = texts.slice(from, from + 1_000)
    for (const text of batch) writer.socket.send(JSON.stringify({ publish: { text }, room }))
    receipts += batch.length
    await writer.heard('the receipts', () => writer.messages.length >= receipts)
  }
  const refused = writer.messages.find((message) => !message.startsWith('{"receipt"'))
  writer.socket.close()
  if (refused) throw new Error(`The server did not take a message: ${refused}`)
}

/** So many different texts. */
export const lines = (count: number, word = 'line'): string[] =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}`)

/** The entry in a frame of the feed's WebSocket; undefined for anything else it may say. */
export const entryIn = (message: string): Entry | undefined =>
  (JSON.parse(message) as { entry?: Entry }).entry

/** How many of some texts are in none of the frames. */
export function missing(texts: readonly string[], messages: readonly string[]): number {
  const heard = new Set(messages.map((message) => entryIn(message)?.text))
  return texts.filter((text) => !heard.has(text)).length
}
