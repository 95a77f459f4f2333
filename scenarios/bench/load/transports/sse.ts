import { createResponseReader } from '../http.ts'
import { createPoster } from '../posting.ts'
import { assemble, dial, type Wire } from '../socket.ts'
import { keepTrying, type LoadTransport, type ReaderListener, type Target } from '../transport.ts'

/** Server-sent events: one response that never ends, read as EventSource would. Drafts go by POST. */
export const sse: LoadTransport = (target, publisher, reader) => {
  // Receive
  const stream = reader && follow(target, reader)

  // Publish
  const poster = createPoster(target, '/sse', publisher)

  return {
    publish: poster.publish,
    close() {
      stream?.close()
      poster.close()
    },
  }
}

function follow(target: Target, reader: ReaderListener) {
  const { address, heads, room, client } = target
  let wire: Wire | undefined
  /** What the server last asked us to wait before coming back, in ms. */
  let wait: number | undefined
  const trying = keepTrying(target, connect)
  connect()

  function connect() {
    let status = 0
    const events = assemble((bytes, start, end) => readEvents(bytes, start, end, onEvent))
    const read = createResponseReader({
      onHead(head) {
        status = head.status
      },
      onBody(bytes, start, end) {
        if (status !== 200) throw new Error(`${status} ${bytes.toString('utf8', start, end)}`)
        events(bytes, start, end)
      },
      onEnd() {
        throw new Error('the server ended the stream')
      },
    })
    const opened = dial(
      address,
      (bytes, start, end) => {
        try {
          return read(bytes, start, end)
        } catch (error) {
          opened.end()
          cut((error as Error).message)
          return end
        }
      },
      cut,
    )
    wire = opened
    opened.write(heads.stream(`/sse/${room}?client=${client}`, reader.cursor))
  }

  function onEvent(bytes: Buffer, start: number, end: number) {
    // `id:` and `data:` begin an entry, `event:` what is about the feed, `retry:` a goodbye, `:` a comment.
    const first = bytes[start]
    if (first !== LETTER_E && first !== LETTER_R) return reader.onEntries(bytes, start, end)
    const fields = bytes.toString('utf8', start, end)
    const retry = /^retry: ?(\d+)$/m.exec(fields)?.[1]
    if (retry !== undefined) wait = Number(retry)
    const event = /^event: ?(.*)$/m.exec(fields)?.[1]
    const cursor = /^id: ?(.*)$/m.exec(fields)?.[1]
    if (event === 'gap' && cursor !== undefined) reader.onGap(cursor)
    if (event !== 'joined' || cursor === undefined) return
    trying.open()
    reader.onJoined(cursor)
    reader.onOpen()
  }

  function cut(reason: string) {
    reader.onCut(reason)
    trying.again(wait)
    wait = undefined
  }

  return {
    close() {
      trying.end()
      wire?.end()
    },
  }
}

const LETTER_E = 0x65
const LETTER_R = 0x72
const EMPTY_LINE = Buffer.from('\n\n')

/** Whole events: lines up to an empty one (WHATWG HTML §9.2.5). Lines end in LF here, as our server writes them. */
function readEvents(
  bytes: Buffer,
  start: number,
  end: number,
  onEvent: (bytes: Buffer, start: number, end: number) => void,
): number {
  const here = bytes.subarray(0, end)
  let at = start
  for (;;) {
    const stop = here.indexOf(EMPTY_LINE, at)
    if (stop < 0) return at
    onEvent(bytes, at, stop + 1)
    at = stop + EMPTY_LINE.length
  }
}
