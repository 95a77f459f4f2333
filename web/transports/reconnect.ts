import type { Listener } from './connection.ts'

/** Why a try ended, thrown by it. Everything else that is thrown counts as a network failure. */
export class Refused extends Error {
  readonly code: string
  /** False when the same request would be refused again. */
  readonly retry: boolean
  /** What the server asked us to wait, in ms. */
  readonly waitMs: number | undefined

  constructor(code: string, message: string, retry: boolean, waitMs?: number) {
    super(message)
    this.name = 'Refused'
    this.code = code
    this.retry = retry
    this.waitMs = waitMs
  }
}

const FIRST_DELAY = 250
const LONGEST_DELAY = 5_000

/**
 * Tries again and again until `ended`: each time after a random part of a time that doubles, so that a thousand
 * clients cut at once do not come back at once ("full jitter", AWS Architecture Blog 2015). `attempt` calls
 * `connected` when it got through, which starts the doubling anew, and returns when there is a reason to go on at once.
 */
export async function keepTrying(
  listener: Listener,
  ended: AbortSignal,
  attempt: (connected: () => void) => Promise<void>,
): Promise<void> {
  let failures = 0
  listener.onStatus({ state: 'connecting' })
  while (!ended.aborted) {
    try {
      await attempt(() => {
        failures = 0
      })
    } catch (error) {
      if (ended.aborted) break
      const reason = error instanceof Error ? error.message : String(error)
      const code = error instanceof Refused ? { code: error.code } : {}
      if (error instanceof Refused && !error.retry)
        return listener.onStatus({ state: 'closed', reason, ...code })
      const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures++)
      const inMs = (error instanceof Refused ? error.waitMs : undefined) ?? Math.random() * longest
      listener.onStatus({ state: 'reconnecting', inMs, reason, ...code })
      await sleep(inMs, ended)
    }
  }
  listener.onStatus({ state: 'closed' })
}

/** Resolves after `ms`, or at once when `ended`. */
export function sleep(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      ended.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    ended.addEventListener('abort', done)
    if (ended.aborted) done()
  })
}
