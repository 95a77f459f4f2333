/** Every error a client can meet: a stable code for programs, and the HTTP status it travels under. */
export const errorStatus = {
  'bad-cursor': 400,
  'bad-draft': 400,
  'bad-frame': 400,
  'bad-query': 400,
  'bad-request': 400,
  'bad-room': 400,
  expired: 401,
  unauthorized: 401,
  'foreign-origin': 403,
  'not-allowed': 403,
  removed: 403,
  'not-found': 404,
  timeout: 408,
  'id-taken': 409,
  'no-port': 409,
  'too-large': 413,
  'unsupported-type': 415,
  'unknown-host': 421,
  'upgrade-required': 426,
  'too-many': 429,
  'head-too-large': 431,
  internal: 500,
  'log-unavailable': 503,
  overloaded: 503,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

/** What an error looks like on every wire. `id` names the draft and `room` the join it answers, on sockets. */
export interface ErrorBody {
  code: ErrorCode
  /** A sentence for a person: what is wrong and what to do. */
  message: string
  id?: string
  room?: string
  /** With `too-many` and `overloaded`: how many seconds to wait before the next try, as in HTTP's Retry-After. */
  retryAfter?: number
}

/** An error that is the client's business: it travels over the wire instead of into the log. */
export class WireError extends Error {
  readonly code: ErrorCode
  /** Whole seconds to wait before the next try, where that is known. */
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, message: string, retryAfter?: number) {
    super(message)
    this.name = 'WireError'
    this.code = code
    this.retryAfter = retryAfter
  }

  get status(): number {
    return errorStatus[this.code]
  }

  get body(): ErrorBody {
    const { code, message, retryAfter } = this
    return retryAfter === undefined ? { code, message } : { code, message, retryAfter }
  }
}

/** Any thrown value as something that may be shown to a stranger: our own errors whole, others without detail. */
export function toWireError(error: unknown): WireError {
  if (error instanceof WireError) return error
  return new WireError('internal', 'The server failed at this request. Its log says why; try again.')
}
