import type { Draft, Page, Receipt } from '../../server/contract/wire.ts'
import {
  authorization,
  maySucceed,
  PublishError,
  RECEIPT_TIMEOUT,
  type Target,
  TYPING_EVERY,
  urlOf,
  waitOf,
} from './connection.ts'
import type { Reader } from './reader.ts'
import { Refused } from './reconnect.ts'

/** What the clients made of plain HTTP requests share. */

/** Asks for what follows the reader's cursor. Gives up after `timeout` ms: a dead network says nothing. */
export async function poll(
  target: Target,
  path: string,
  reader: Reader,
  ended: AbortSignal,
  timeout: number,
  query: Record<string, string> = {},
): Promise<Page> {
  const request = new AbortController()
  const abort = () => request.abort(ended.reason)
  ended.addEventListener('abort', abort)
  const timer = setTimeout(() => request.abort(new Error(`no answer within ${timeout / 1000} s`)), timeout)
  try {
    const url = urlOf(target, `${path}/${target.room}`, {
      after: reader.cursor,
      presence: reader.version,
      ...query,
    })
    const headers = await authorization(target)
    const response = await (target.fetch ?? fetch)(url, { headers, signal: request.signal })
    if (!response.ok) throw await refusal(response, target)
    return (await response.json()) as Page
  } finally {
    clearTimeout(timer)
    ended.removeEventListener('abort', abort)
  }
}

/** Publishes by POST. Rejects with a `PublishError`. */
export async function post(target: Target, path: string, draft: Draft): Promise<Receipt> {
  let response: Response
  try {
    response = await (target.fetch ?? fetch)(urlOf(target, `${path}/${target.room}`), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(await authorization(target)) },
      body: JSON.stringify(draft),
      signal: AbortSignal.timeout(RECEIPT_TIMEOUT),
    })
  } catch (error) {
    throw new PublishError('network', `The server could not be reached: ${(error as Error).message}`)
  }
  if (response.ok) return (await response.json()) as Receipt
  const { code, message, waitMs } = await refusal(response, target)
  throw new PublishError(code, message, waitMs)
}

/** What is said beside the feed, by POST: at most once, and of no consequence where it is lost. */
export function createAside(target: Target, path: string) {
  let isAway: boolean | undefined
  let typedAt = Number.NEGATIVE_INFINITY

  async function say(what: 'typing' | 'away', body: object) {
    const url = urlOf(target, `${path}/${target.room}/${what}`)
    const headers = { 'Content-Type': 'application/json', ...(await authorization(target)) }
    const signal = AbortSignal.timeout(RECEIPT_TIMEOUT)
    await (target.fetch ?? fetch)(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
  }
  const lost = () => {}

  return {
    typing() {
      if (performance.now() - typedAt < TYPING_EVERY) return
      typedAt = performance.now()
      say('typing', {}).catch(lost)
    },
    away(now: boolean) {
      isAway = now
      say('away', { away: now }).catch(lost)
    },
    /** The server may have forgotten, or waits for a sign of life (`always`). */
    sayAgain(always = false) {
      if (isAway !== undefined || always) say('away', { away: isAway ?? false }).catch(lost)
    },
  }
}

/** Statuses that another try may change (RFC 9110 §15): time-outs, too many requests, trouble at the server. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504])

/** Reads why a request was refused; proxies answer in their own words, or none. */
export async function refusal(response: Response, target: Pick<Target, 'token'>): Promise<Refused> {
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { code: string; message: string; retryAfter?: number } }
    | undefined
  // A page of another origin cannot see the header, but the body says it too.
  const seconds = Number(body?.error?.retryAfter ?? response.headers.get('retry-after') ?? Number.NaN)
  const code = body?.error?.code ?? `http-${response.status}`
  return new Refused(
    code,
    body?.error?.message ?? `The server answered ${response.status} ${response.statusText}.`,
    passing.has(response.status) || maySucceed(code, target),
    Number.isFinite(seconds) ? waitOf(seconds) : undefined,
  )
}
