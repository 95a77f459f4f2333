/** What is known when a request of this page waits. Instants are of the page's clock. */
export interface Waiting {
  time: number
  /** Since when the oldest request has waited that should have been answered at once. */
  since: number | undefined
  /** Whether the WebSocket lane is open: then the server is there, and HTTP requests have no reason to wait. */
  serverAnswers: boolean
  /** Visible Wireside tabs of this browser, this one included. */
  tabs: number
}

/** Ms after which a request that is answered at once must have been kept from being sent. */
export const STARVED = 3_000

/** How every such explanation begins; what holds the connections follows. */
export const sixAreHeld =
  'Requests of this page are waiting for a connection. Browsers allow six HTTP/1.1 connections to one server, and'

/** Says why requests do not get through, if the likely reason is that this browser has no connection left for them. */
export function explainStarvation({ time, since, serverAnswers, tabs }: Waiting): string | undefined {
  if (since === undefined || time - since < STARVED) return undefined
  if (!serverAnswers && tabs < 2) return undefined
  const open = tabs < 2 ? 'Something else here holds them.' : `${tabs} such tabs are visible now.`
  return (
    `${sixAreHeld} every visible Wireside tab holds two of them for good: a long poll and an event stream. ${open} ` +
    'Close or hide one, and this page goes on by itself.'
  )
}
