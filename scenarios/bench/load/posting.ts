import { createHttpClient, type HttpClient } from './http.ts'
import {
  type Lane,
  type Message,
  type PublisherListener,
  type Reply,
  reasonOf,
  type Target,
} from './transport.ts'

/** As many connections as a browser opens to one origin: drafts beyond that wait their turn, as they do there. */
const MAX_CONNECTIONS = 6

/** Publishes by POST, as the three transports made of plain HTTP requests do. */
export function createPoster(target: Target, path: string, listener: PublisherListener): Lane {
  const { address, heads, room, client } = target
  const url = `${path}/${room}?client=${client}`
  const clients: HttpClient[] = []
  const waiting: Message[] = []
  // There is nothing to wait for: a connection is opened when there is something to send.
  queueMicrotask(listener.onOpen)

  function post(http: HttpClient, { index, draft }: Message) {
    listener.onWritten(index)
    const next = () => {
      const message = waiting.shift()
      if (message) post(http, message)
    }
    http.send(heads.post(url, 'application/json', Buffer.byteLength(draft)) + draft, {
      answered(status, bytes, start, end) {
        const reply = readReply(bytes.toString('utf8', start, end))
        if (status < 300 && reply.seq !== undefined) listener.onReceipt(index, reply.seq)
        else listener.onRefused(index, `${status} ${reasonOf(reply)}`)
        next()
      },
      failed(reason) {
        listener.onRefused(index, reason)
        next()
      },
    })
  }

  return {
    publish(message) {
      let http = clients.find(({ busy }) => !busy)
      if (!http && clients.length < MAX_CONNECTIONS) {
        http = createHttpClient(address)
        clients.push(http)
      }
      if (http) post(http, message)
      else waiting.push(message)
    },
    close() {
      for (const http of clients) http.close()
    },
  }
}

/** Others than the product may answer in their own words. */
function readReply(text: string): Reply {
  try {
    return JSON.parse(text) as Reply
  } catch {
    return {}
  }
}
