import { createHash, randomInt } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { now } from '../clock.ts'
import { WireError } from '../contract/errors.ts'
import type { Stop } from '../feed/log.ts'

/** Somebody who holds a session, as one token proves it: a fresh token makes the same person anew. */
export interface Person {
  readonly id: string
  readonly name: string
  /** By the server's clock, ms since 1970. */
  readonly expiresAt: number
  /** Calls back once, with what to say, when the token is no longer good; not if stopped before. */
  whenExpired(end: (why: WireError) => void): Stop
}

export interface SessionOptions {
  /** What tokens are signed with. Whoever has it can be anybody; random without it, and then gone with the process. */
  secret?: string | undefined
  /** How long a token is good, in ms: 24 hours. */
  life?: number | undefined
}

/** Sessions are not kept: a token is all there is of one, and its signature all that it needs (JWT, RFC 7519). */
export interface Sessions {
  /** A token for a person: somebody new, unless an `id` says who. It is good for `life` ms, or as long as all are. */
  start(name: string, id?: string, life?: number): Promise<{ token: string; person: Person }>
  /** Whose token it is; at once where it has been read before. Throws or rejects with `expired` or `unauthorized`. */
  read(token: unknown): Person | Promise<Person>
  /**
   * The cookie that carries the token. Its name tells one secret from another: cookies go to every port of a host, and
   * that of another server, or of one whose secret is gone, is to be a stranger's and no fault.
   */
  readonly cookie: string
  /** A name for something that only these people share, the same whenever it is asked for: 32 of a–z and 0–9. */
  nameFor(what: string): string
}

const LIFE = 24 * 60 * 60 * 1000
/** Ours are about 200 bytes. */
const LONGEST = 2_048
/** Tokens that are remembered as read. Beyond, the one read first is forgotten, and read again. */
const MAX_READ = 2_000
const ISSUER = 'wireside'

export function createSessions({ secret = randomId(32), life = LIFE }: SessionOptions = {}): Sessions {
  /** HS256 wants 256 bits (RFC 7518 §3.2), whatever the secret's length. */
  const key = createHash('sha256').update(`token ${secret}`).digest()
  const read = new Map<string, Person>()

  async function start(name: string, id = randomId(16), lasting = life) {
    const expiresAt = now() + lasting
    const token = await new SignJWT({ name })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setSubject(id)
      .setIssuedAt()
      .setExpirationTime(expiresAt / 1000)
      .sign(key)
    return { token, person: createPerson(id, name, expiresAt) }
  }

  function readToken(token: unknown): Person | Promise<Person> {
    if (typeof token !== 'string' || token.length > LONGEST) throw unauthorized()
    return read.get(token) ?? verify(token)
  }

  async function verify(token: string): Promise<Person> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        typ: 'JWT',
        issuer: ISSUER,
        requiredClaims: ['sub', 'exp', 'iat', 'name'],
        // With an age there is a beginning, too: a token from the future is not good yet.
        maxTokenAge: life / 1000 + 1,
      })
      const { sub = '', exp = 0, name } = payload
      if (typeof name !== 'string' || !/^[a-z0-9]{16}$/.test(sub)) throw unauthorized()
      const person = createPerson(sub, name, exp * 1000)
      const [oldest] = read.size >= MAX_READ ? read.keys() : []
      if (oldest !== undefined) read.delete(oldest)
      read.set(token, person)
      return person
    } catch (error) {
      throw error instanceof errors.JWTExpired ? expired() : unauthorized()
    }
  }

  return {
    start,
    read: readToken,
    cookie: `wireside-${digest(`cookie ${secret}`, 8)}`,
    nameFor: (what) => digest(`name ${secret} ${what}`, 32),
  }
}

/** All who must hear of the end wait for one timer. */
function createPerson(id: string, name: string, expiresAt: number): Person {
  const waiting = new Set<(why: WireError) => void>()
  let timer: NodeJS.Timeout | undefined

  function wait() {
    // A timer may run a little early, and no longer than 2^31 ms.
    const left = Math.min(Math.max(0, Math.ceil(expiresAt - now())), 2 ** 31 - 1)
    timer = setTimeout(() => {
      if (now() < expiresAt) return wait()
      for (const end of waiting) if (waiting.delete(end)) end(expired())
    }, left).unref()
  }

  return {
    id,
    name,
    expiresAt,
    whenExpired(end) {
      if (waiting.size === 0) wait()
      waiting.add(end)
      return () => {
        if (waiting.delete(end) && waiting.size === 0) clearTimeout(timer)
      }
    },
  }
}

export const expired = () =>
  new WireError(
    'expired',
    'Your session has expired. Start one with POST /session, and go on from your cursor.',
  )

export const unauthorized = () =>
  new WireError('unauthorized', 'This token is not one of this server. Get one with POST /session.')

export const needsSession = () =>
  new WireError('unauthorized', 'This takes a session. Start one with POST /session {"name":"Ada"}.')

/** `length` of a–z and 0–9, drawn at random. */
export const randomId = (length: number) => Array.from({ length }, () => randomInt(36).toString(36)).join('')

/** `length` of a–z and 0–9 that depend on all of the text: a name, which tells nothing of it. */
function digest(text: string, length: number): string {
  const number = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
  return number.toString(36).padStart(50, '0').slice(-length)
}
