import type { IncomingMessage } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { now } from '../clock.ts'
import { Rename, Session, SessionDraft } from '../contract/people.ts'
import { ErrorReply } from '../contract/wire.ts'
import { sendJson, takeJson } from '../http.ts'
import type { Limits } from '../limits.ts'
import { holderOf } from './identify.ts'
import type { Person, Sessions } from './sessions.ts'

export interface SessionRoutes {
  sessions: Sessions
  limits: Pick<Limits, 'takeSession'>
  /** Told of everybody who comes, before they are. */
  welcome(person: Person): Promise<void>
}

/** `/session`: a name in, a token out. */
export const sessionRoutes: FastifyPluginAsync<SessionRoutes> = async (plugin, options) => {
  const { sessions, limits, welcome } = options
  const app = plugin.withTypeProvider<TypeBoxTypeProvider>()
  takeJson(plugin, 'bad-request')

  app.post('/session', { schema: startSchema }, async (request, reply) => {
    limits.takeSession(request.socket)
    return answer(reply, 201, await startOrRenew(request.body.name, request.raw))
  })

  app.patch('/session', { schema: renameSchema }, async (request, reply) => {
    const { id } = holderOf(request.raw)
    limits.takeSession(request.socket)
    return answer(reply, 200, await sessions.start(request.body.name, id))
  })

  app.get('/session', { schema: readSchema }, async (request) => {
    const { id, name, expiresAt } = holderOf(request.raw)
    return { id, name, expiresAt }
  })

  app.delete('/session', { schema: endSchema }, async (_request, reply) =>
    reply.header('set-cookie', cookieOf('', 0)).code(204).send(),
  )

  async function answer(reply: FastifyReply, status: number, { token, person }: Started) {
    await welcome(person)
    reply.header('set-cookie', cookieOf(token, person.expiresAt - now()))
    const { id, name, expiresAt } = person
    return sendJson(reply, status, { id, name, expiresAt, token })
  }

  /** Whoever gives a name is somebody new, also in a browser that somebody else has a cookie in. */
  function startOrRenew(name: string | undefined, request: IncomingMessage) {
    if (name !== undefined) return sessions.start(name)
    const held = holderOf(request)
    return sessions.start(held.name, held.id)
  }

  /** No page can read it (HttpOnly), and no other site's page makes it go along (SameSite). RFC 6265bis §5.6. */
  const cookieOf = (token: string, ms: number) =>
    `${sessions.cookie}=${token}; Path=/; Max-Age=${Math.ceil(ms / 1000)}; HttpOnly; SameSite=Strict`
}

type Started = Awaited<ReturnType<Sessions['start']>>

const tags = ['people']

const startSchema = {
  summary: 'Start a session',
  description:
    'With a name for somebody new; without one, the session that you hold is renewed and you stay who you are. The token is good for 24 hours: as `Authorization: Bearer …` on every request and handshake, as `auth: {token}` for Socket.IO, or as the cookie that is set.',
  tags,
  body: SessionDraft,
  response: { 201: Session, 400: ErrorReply, 401: ErrorReply, 415: ErrorReply, 429: ErrorReply },
}

const renameSchema = {
  summary: 'Take another name',
  description:
    'You stay who you are, under a fresh token. What is open goes on under the token it was opened with, and so by the old name.',
  tags,
  body: Rename,
  response: { 200: Session, 400: ErrorReply, 401: ErrorReply, 415: ErrorReply, 429: ErrorReply },
}

const readSchema = {
  summary: 'Who you are',
  tags,
  response: { 200: Session, 401: ErrorReply },
}

const endSchema = {
  summary: 'Forget the cookie',
  description: 'Tokens are good until they expire, wherever they were written down.',
  tags,
  response: { 204: { type: 'null', description: 'Forgotten.' } },
}
