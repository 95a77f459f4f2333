import type { Socket } from 'node:net'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { now } from './clock.ts'
import { WireError } from './contract/errors.ts'
import { RestartState } from './contract/restart.ts'
import { ErrorReply } from './contract/wire.ts'
import { sendJson } from './http.ts'
import { addressOf, isLoopback } from './limits.ts'

/** Who may restart a server: `this-machine` is who sits at it, and not who comes through a link or a proxy. */
export const restarters = ['this-machine', 'anyone', 'nobody'] as const

export interface RestartOptions {
  who: (typeof restarters)[number]
  /** Whether entries outlive the server. */
  keeps: boolean
  /** Ends this server in good order and starts another in its place; called once the request is answered. */
  restart(): void
}

export interface RestartPluginOptions {
  /** Absent where nobody is there who could start it again. */
  options: RestartOptions | undefined
  /** Whether this connection is a link's: then it is this machine that connects, for whoever is behind. */
  isLink(socket: Socket): boolean
}

/** The server started anew, by HTTP: what a class sees when a machine fails, at one click of its teacher. */
export const restart: FastifyPluginAsync<RestartPluginOptions> = async (app, { options, isLink }) => {
  const startedAt = now()

  function stateFor(request: FastifyRequest): RestartState {
    const why = refusal(request)
    return {
      startedAt,
      allowed: why === undefined,
      ...(why !== undefined && { why }),
      keeps: options?.keeps ?? false,
    }
  }

  function refusal({ raw: { headers, socket } }: FastifyRequest): string | undefined {
    if (!options) return 'The program that started this server does not start it again.'
    if (options.who === 'anyone') return undefined
    if (options.who === 'nobody') return 'This server was started with --allow-restart nobody.'
    if (isLink(socket)) return 'Nobody restarts the server over a link. Ask its own port.'
    // A proxy on this machine connects from it, whoever asks; most say that they are there (RFC 7239, RFC 9110 §7.6.3).
    const throughProxy = ['forwarded', 'x-forwarded-for', 'via'].some((name) => headers[name] !== undefined)
    if (throughProxy || !isHere(socket))
      return 'Only who sits at the server may restart it, unless it was started with --allow-restart anyone.'
    return undefined
  }

  app.get('/restart', { schema: stateSchema }, async (request) => stateFor(request))
  app.post('/restart', { schema: restartSchema }, async (request, reply) => {
    const state = stateFor(request)
    if (state.why !== undefined) throw new WireError('not-allowed', state.why)
    reply.raw.once('close', () => options?.restart())
    return sendJson(reply, 202, state)
  })
}

/** A connection from this machine: over loopback, or from one of its addresses to the same. */
const isHere = ({ remoteAddress, localAddress }: Socket) =>
  isLoopback(addressOf(remoteAddress)) || (remoteAddress !== undefined && remoteAddress === localAddress)

const stateSchema = {
  summary: 'Since when the server runs, and whether you may restart it',
  tags: ['beside'],
  response: { 200: RestartState },
}

const restartSchema = {
  summary: 'Restarts the server',
  description:
    'It ends in good order, as on SIGTERM, and starts again on its port and its data; links end. For who sits at the server only, unless --allow-restart says otherwise. It is back when `startedAt` is another.',
  tags: ['beside'],
  response: { 202: RestartState, 403: ErrorReply },
}
