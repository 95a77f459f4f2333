import type { FastifyPluginAsync } from 'fastify'
import type { TSchema } from 'typebox'
import { stringify } from 'yaml'
import { pathOf } from '../contract/transports.ts'
import { Draft, Entry, Presence, Receipt } from '../contract/wire.ts'
import { labDescription } from './lab.ts'
import { type MessageDescription, promises, type SocketDescription } from './socket.ts'
import { chatDescription } from './socket-io.ts'
import { websocketDescription } from './websocket.ts'

/**
 * The two sockets as AsyncAPI 3.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0), made of the schemas
 * that the transports check with. A test holds every message against what really crosses. What AsyncAPI has no words for
 * stands in `x-wire` (a message's text on the wire), `x-closes` (how a connection ends) and `x-refusals` (what a handshake
 * is answered that is not let in).
 */

const sockets = [websocketDescription, chatDescription, labDescription]

/** What several messages carry, under the name by which they refer to it. */
const shared = new Map<TSchema, string>([
  [Draft, 'Draft'],
  [Entry, 'Entry'],
  [Receipt, 'Receipt'],
  [Presence, 'Presence'],
])

/** `host`: under which the reader of the document reaches this server. `version`: of this server. */
export function describeSockets(host: string, version: string) {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Wireside: the two sockets',
      version,
      description:
        'One chat feed over WebSocket and Socket.IO, each message as it crosses. Times are ms since 1970, by the clock that is named; lengths of text are in code points. Unknown fields are ignored.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      websocket: { host, protocol: 'ws', description: 'WebSocket, RFC 6455.' },
      socketIo: {
        host,
        pathname: `${pathOf['socket-io']}/`,
        protocol: 'socket.io',
        protocolVersion: '5',
        description: 'Socket.IO over Engine.IO 4, by HTTP polling or WebSocket.',
      },
    },
    channels: Object.assign({}, ...sockets.map(channelsOf)),
    operations: Object.assign({}, ...sockets.map(operationsOf)),
    components: {
      messages: Object.assign({}, ...sockets.map(messagesOf)),
      schemas: Object.fromEntries([...shared].map(([schema, name]) => [name, schema])),
    },
  }
}

function channelsOf(socket: SocketDescription) {
  const { name, title, server, query, headers, closes, refusals } = socket
  const messages = Object.fromEntries(
    Object.keys({ ...socket.up, ...socket.down }).map((key) => [
      key,
      { $ref: `#/components/messages/${name}.${key}` },
    ]),
  )
  return Object.fromEntries(
    Object.entries(socket.channels).map(([key, { address, description, parameters = {} }]) => [
      key,
      {
        address,
        title,
        summary: description,
        description: socket.description,
        servers: [{ $ref: `#/servers/${server}` }],
        parameters: Object.fromEntries(
          Object.entries(parameters).map(([parameter, description]) => [parameter, { description }]),
        ),
        messages,
        bindings: { ws: { method: 'GET', query, headers, bindingVersion: '0.1.0' } },
        'x-closes': closes.flatMap(({ only, ...close }) =>
          only === undefined || only === key ? [close] : [],
        ),
        'x-refusals': refusals,
      },
    ]),
  )
}

/** Each is what the server does: it receives what a client says, and sends. An answer is a part of what it answers. */
function operationsOf({ channels, up, down }: SocketDescription) {
  const operations: Record<string, object> = {}
  for (const channel of Object.keys(channels)) {
    const messageOf = (key: string) => ({ $ref: `#/channels/${channel}/messages/${key}` })
    const add = (action: 'send' | 'receive', messages: Record<string, MessageDescription>) => {
      for (const [key, { title, summary, isAnswer, answers }] of Object.entries(messages)) {
        if (isAnswer) continue
        operations[`${channel}.${key}`] = {
          action,
          title,
          summary,
          channel: { $ref: `#/channels/${channel}` },
          messages: [messageOf(key)],
          ...(answers && {
            reply: { channel: { $ref: `#/channels/${channel}` }, messages: answers.map(messageOf) },
          }),
        }
      }
    }
    add('receive', up)
    add('send', down)
  }
  return operations
}

function messagesOf({ name, up, down }: SocketDescription) {
  return Object.fromEntries(
    Object.entries({ ...up, ...down }).map(([key, message]) => {
      const { title, summary, payload, example, wire, promises: kept = [] } = message
      return [
        `${name}.${key}`,
        {
          name: key,
          title,
          summary,
          contentType: 'application/json',
          tags: kept.map((promise) => ({ name: promise, description: promises[promise] })),
          payload: refer(payload),
          examples: [{ payload: example }],
          'x-wire': wire,
        },
      ]
    }),
  )
}

/** The schema, with a reference in place of each that is shared. */
function refer(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const name = shared.get(value as TSchema)
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
  if (Array.isArray(value)) return value.map(refer)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, refer(part)]))
}

/** `/docs/asyncapi.yaml`, and the same as JSON for the page that shows it. */
export const asyncApi: FastifyPluginAsync<{ version: string }> = async (app, { version }) => {
  // `Host` is one of ours, or the door would not have let it in.
  const describe = (host = '') => describeSockets(host, version)
  app.get('/docs/asyncapi.yaml', { schema: { hide: true } }, (request, reply) =>
    reply
      .header('content-type', 'application/yaml')
      .send(
        Buffer.from(
          stringify(describe(request.headers.host), { aliasDuplicateObjects: false, lineWidth: 100 }),
        ),
      ),
  )
  app.get('/docs/asyncapi.json', { schema: { hide: true } }, (request, reply) =>
    reply
      .header('content-type', 'application/json')
      .send(Buffer.from(JSON.stringify(describe(request.headers.host)))),
  )
}
