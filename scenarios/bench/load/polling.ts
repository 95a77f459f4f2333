import { createHttpClient } from './http.ts'
import { keepTrying, type Lane, type ReaderListener, type Target } from './transport.ts'

/** What the two polling transports share: ask, give the page on, ask again. */
export interface Poll {
  /** The path and query of the next question. */
  url(cursor: string | undefined, first: boolean): string
  /** ms until the next question, given when this one was asked. */
  pause(asked: number, first: boolean): number
}

export function createPoller(target: Target, reader: ReaderListener, poll: Poll): Pick<Lane, 'close'> {
  const http = createHttpClient(target.address, reader.onCut)
  let first = true
  let timer: NodeJS.Timeout | undefined
  const trying = keepTrying(target, ask)
  ask()

  function ask() {
    const asked = performance.now()
    http.send(target.heads.get(poll.url(reader.cursor, first)), {
      answered(status, bytes, start, end) {
        if (status !== 200) return fail(`${status} ${bytes.toString('utf8', start, end)}`)
        trying.open()
        const more = reader.onPage(bytes, start, end)
        if (first) reader.onOpen()
        const pause = more ? 0 : poll.pause(asked, first)
        first = false
        if (pause > 0) timer = setTimeout(ask, pause)
        else ask()
      },
      failed: fail,
    })
  }

  function fail(reason: string) {
    reader.onCut(reason)
    trying.again()
  }

  return {
    close() {
      clearTimeout(timer)
      trying.end()
      http.close()
    },
  }
}
