import Type from 'typebox'
import type { RefusalDescription } from './socket.ts'

/** What the handshakes of both sockets share: it is one door that they come through. */

export const handshakeHeaders = Type.Object({
  Authorization: Type.Optional(
    Type.String({
      description: '`Bearer <token>` of a session. It counts before the cookie. Absent: a guest.',
    }),
  ),
  Cookie: Type.Optional(
    Type.String({
      description:
        'The session’s, as `POST /session` set it: what a browser’s page has, which can add no header here.',
    }),
  ),
  Origin: Type.Optional(
    Type.String({
      description: 'Absent (a program), or a page of this server. Any other, `null` too, is refused.',
    }),
  ),
  Host: Type.String({
    description: 'Loopback, a name or address of this machine, or one that `--allow-host` names.',
  }),
})

export const doorRefusals: readonly RefusalDescription[] = [
  { status: 403, codes: ['foreign-origin'], when: 'The Origin is not of this server.' },
  { status: 421, codes: ['unknown-host'], when: 'The Host is not known here.' },
  {
    status: 429,
    codes: ['too-many'],
    when: 'The address has all the connections open that it may. `Retry-After` says how many seconds to wait.',
  },
  {
    status: 503,
    codes: ['overloaded'],
    when: 'The server is too busy. `Retry-After` says how many seconds to wait.',
  },
]
