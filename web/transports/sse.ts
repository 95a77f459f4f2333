import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { authorization, beatOf, type ClientTransport, maySucceed, silenceOf, urlOf } from './connection.ts'
import { createAside, post, refusal } from './http.ts'
import { createReader } from './reader.ts'
import { keepTrying, Refused } from './reconnect.ts'

/**
 * Server-sent events, read with fetch: the browser's own EventSource shows neither its comments nor its errors.
 * Costs one request per connection, then some thirty bytes of framing per entry, and one connection held.
 * Cannot carry anything upwards: drafts go by POST.
 * On the wire: `id: k3f9.42`, `data: {"room":"lobby","seq":42,…}`, an empty line.
 */
export const sse: ClientTransport = (target, listener) => {
  const ended = new AbortController()
  const reader = createReader(target, listener, ended.signal)
  const aside = createAside(target, '/sse')

  // Receive
  void keepTrying(listener, ended.signal, async (connected) => {
    const stream = new AbortController()
    const abort = () => stream.abort(ended.signal.reason)
    ended.signal.addEventListener('abort', abort)
    // Heartbeats come every 15 s: after two and a half of them without a byte, nobody is there.
    const silent = () => stream.abort(new Error('no heartbeat'))
    let watchdog = setTimeout(silent, silenceOf(target))
    let beat: ReturnType<typeof setInterval> | undefined
    try {
      const url = urlOf(target, `/sse/${target.room}`, {
        after: reader.cursor,
        presence: reader.version,
      })
      const response = await (target.fetch ?? fetch)(url, {
        headers: { Accept: 'text/event-stream', ...(await authorization(target)) },
        signal: stream.signal,
      })
      if (!response.ok || !response.body) throw await refusal(response, target)

      let comeBackIn: number | undefined
      const parser = createParser({
        onEvent(event) {
          take(event)
          if (event.event !== 'joined') return
          connected()
          listener.onStatus({ state: 'open' })
          aside.sayAgain()
          // Nothing goes up on this wire by which the server could see that we are still there.
          if (target.client !== undefined && listener.onPresence)
            beat = setInterval(() => aside.sayAgain(true), beatOf(target))
        },
        onRetry: (ms) => {
          comeBackIn = ms
        },
      })
      const utf8 = new TextDecoder()
      const chunks = response.body.getReader()
      for (let chunk = await chunks.read(); !chunk.done; chunk = await chunks.read()) {
        clearTimeout(watchdog)
        watchdog = setTimeout(silent, silenceOf(target))
        parser.feed(utf8.decode(chunk.value, { stream: true }))
      }
      throw new Refused('ended', 'the server ended the stream', true, comeBackIn)
    } finally {
      clearTimeout(watchdog)
      clearInterval(beat)
      ended.signal.removeEventListener('abort', abort)
      stream.abort()
    }
  })

  function take({ event, id = '', data }: EventSourceMessage) {
    if (event === 'joined') reader.joined(id)
    else if (event === 'gap') reader.gap(id)
    else if (event === 'presence') reader.presence(JSON.parse(data))
    else if (event === undefined) reader.entry(JSON.parse(data))
    else if (event === 'expired' || event === 'removed')
      throw new Refused(event, JSON.parse(data).message, maySucceed(event, target))
  }

  return {
    // Publish
    publish: (draft) => post(target, '/sse', draft),
    typing: aside.typing,
    away: aside.away,
    get cursor() {
      return reader.cursor
    },
    close: () => ended.abort(),
  }
}
