/** Why the server could not, or would not, do what it was asked: a sentence for a person, and its code or `network`. */
export class Trouble extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'Trouble'
    this.code = code
  }
}

/** How long the server may take, in ms: it is asked directly and has next to nothing to do. */
const PATIENCE = 10_000

/**
 * Asks the server itself, in JSON. Rejects with a `Trouble`. `as` is who asks where that is not the cookie's person: the
 * cookie is then neither sent nor set.
 */
export async function ask<T>(
  method: string,
  path: string,
  body?: object,
  as?: { token: string | undefined },
): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE),
      credentials: as ? 'omit' : 'same-origin',
      headers: {
        ...(body && { 'Content-Type': 'application/json' }),
        ...(as?.token !== undefined && { Authorization: `Bearer ${as.token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Trouble('network', 'The server does not answer.')
  }
  const answer = await response.json().catch(() => undefined)
  if (response.ok) return answer as T
  const { code = `http-${response.status}`, message = `The server answered ${response.status}.` } =
    (answer as { error?: { code: string; message: string } } | undefined)?.error ?? {}
  throw new Trouble(code, message)
}
