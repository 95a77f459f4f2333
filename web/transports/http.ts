import type { Draft, Page, Receipt } from '../../server/contract/wire.ts'
import { PublishError, RECEIPT_TIMEOUT, type Target, urlOf, waitOf } from './connection.ts'
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
    const url = urlOf(target, `${path}/${target.room}`, { after: reader.cursor, ...query })
    const response = await (target.fetch ?? fetch)(url, { signal: request.signal })
    if (!response.ok) throw await refusal(response)
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
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(draft),
      signal: AbortSignal.timeout(RECEIPT_TIMEOUT),
    })
  } catch (error) {
    throw new PublishError('network', `The server could not be reached: ${(error as Error).message}`)
  }
  if (response.ok) return (await response.json()) as Receipt
  const { code, message, waitMs } = await refusal(response)
  throw new PublishError(code, message, waitMs)
}

/** Statuses that another try may change (RFC 9110 §15): time-outs, too many requests, trouble at the server. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504])

/** Reads why a request was refused; proxies answer in their own words, or none. */
export async function refusal(response: Response): Promise<Refused> {
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { code: string; message: string; retryAfter?: number } }
    | undefined
  // A page of another origin cannot see the header, but the body says it too.
  const seconds = Number(body?.error?.retryAfter ?? response.headers.get('retry-after') ?? Number.NaN)
  return new Refused(
    body?.error?.code ?? `http-${response.status}`,
    body?.error?.message ?? `The server answered ${response.status} ${response.statusText}.`,
    passing.has(response.status),
    Number.isFinite(seconds) ? waitOf(seconds) : undefined,
  )
}
