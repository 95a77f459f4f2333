import { type ClientTransport, urlOf } from '../../transports/connection.ts'
import { post } from '../../transports/http.ts'

/**
 * SSE as pages often read it: the browser's own EventSource and nothing around it. For a bug switch; the product's client
 * is `web/transports/sse.ts`.
 */
export const bareEventSource =
  (path: string): ClientTransport =>
  (target, listener) => {
    let cursor = target.after
    const source = new EventSource(urlOf(target, `${path}/${target.room}`, { after: target.after }))
    listener.onStatus({ state: 'connecting' })

    source.addEventListener('joined', () => listener.onStatus({ state: 'open' }))
    source.onmessage = ({ data, lastEventId }) => {
      cursor = lastEventId
      listener.onEntry(JSON.parse(data))
    }
    // The bug: it comes back by itself when a stream ends, but after a status that is not 200 it never does.
    source.onerror = () => {
      const isClosed = source.readyState === EventSource.CLOSED
      listener.onStatus(
        isClosed ? { state: 'closed' } : { state: 'reconnecting', reason: 'the stream ended' },
      )
    }

    return {
      publish: (draft) => post(target, '/sse', draft),
      get cursor() {
        return cursor
      },
      close: () => source.close(),
    }
  }
