import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { type ErrorCode, toWireError, WireError } from './contract/errors.ts'
import { pathOf } from './contract/transports.ts'
import { compile, readJson } from './contract/validate.ts'

/** Makes Fastify speak the contract: its validator, its JSON, its errors. */
export function speakTheContract(app: FastifyInstance) {
  app.setValidatorCompiler<TSchema>(({ schema }) => {
    const check = compile(schema)
    return (value) => {
      const error = check(value)
      return error ? { error } : { value }
    }
  })
  // Schemas of replies describe them at /docs; what is sent is plain JSON.
  app.setSerializerCompiler(() => JSON.stringify)
  takeJson(app, 'bad-draft')
  app.setErrorHandler((error: FastifyError | WireError, request, reply) => {
    const wireError = translate(error, request)
    if (wireError.status === 500) request.log.error(error)
    return sendError(reply, wireError)
  })
  app.setNotFoundHandler(notFound)
}

/** Takes JSON in UTF-8 as a body, and nothing else. What is none is refused with `code`. */
export function takeJson(app: FastifyInstance, code: ErrorCode) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, readJson(body, code))
    } catch (error) {
      done(error as WireError)
    }
  })
}

export function notFound(request: FastifyRequest, reply: FastifyReply) {
  const sentence = `There is no ${request.method} ${request.url.split('?')[0]} here.`
  return sendError(reply, new WireError('not-found', sentence))
}

/** Answers in JSON. As bytes: to a string Fastify would add a charset, which JSON does not have (RFC 8259 §11). */
export function sendJson(reply: FastifyReply, status: number, value: object) {
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify(value)))
}

function sendError(reply: FastifyReply, error: WireError) {
  if (error.retryAfter !== undefined) reply.header('retry-after', String(error.retryAfter))
  // Whoever must upgrade is told to what (RFC 9110 §15.5.22), and that this is for the next hop alone (§7.8).
  if (error.status === 426) reply.header('upgrade', 'websocket').header('connection', 'upgrade')
  return sendJson(reply, error.status, { error: error.body })
}

/** The same past Fastify, for what never comes to it or has been let go of by it. */
export function answerError(response: ServerResponse, error: WireError) {
  const body = JSON.stringify({ error: error.body })
  if (error.retryAfter !== undefined) response.setHeader('Retry-After', error.retryAfter)
  response.writeHead(error.status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Answers what the router cannot look up. It runs no hooks, and so not the one that ends a refused upgrade's socket. */
export function refuseUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  if (request.headers.upgrade) reply.raw.once('finish', () => request.socket.destroySoon())
  return sendError(reply, translate(error, request))
}

/** A path that cannot be decoded never reaches a route. Where a room should stand, it is a bad room. */
function badUrl(request: FastifyRequest): WireError {
  const inFeed = Object.values(pathOf).some((path) => request.url.startsWith(`${path}/`))
  return inFeed
    ? new WireError('bad-room', '"room" must be 1 to 64 of a-z, 0-9 and "-", not beginning with "-".')
    : new WireError('bad-request', 'This path is not valid percent-encoding.')
}

/** Errors of Fastify itself, by their documented codes. */
function translate(error: FastifyError | WireError, request: FastifyRequest): WireError {
  if (error instanceof WireError) return error
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new WireError('unsupported-type', 'Send the draft as JSON, with Content-Type: application/json.')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new WireError('too-large', 'A body may be at most 65,536 bytes.')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new WireError('bad-draft', 'The body must be JSON in UTF-8, like {"text":"hi"}.')
    case 'FST_ERR_BAD_URL':
      return badUrl(request)
    default:
      return error.statusCode !== undefined && error.statusCode < 500
        ? new WireError('bad-request', error.message)
        : toWireError(error)
  }
}

/** Answers what Node's parser could not read as a request, as far as there is somebody to answer (RFC 9112). */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Duplex) {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const wireError =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new WireError('head-too-large', 'The request head is larger than 16 kB.')
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new WireError('timeout', 'The request took too long to arrive.')
        : new WireError('bad-request', 'This is not HTTP/1.1 as RFC 9112 has it.')
  const body = JSON.stringify({ error: wireError.body })
  const status = `${wireError.status} ${STATUS_CODES[wireError.status]}`
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  )
}
