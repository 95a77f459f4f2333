import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { asyncApi } from './docs/asyncapi.ts'
import { REPORT_ID } from './reports.ts'

/** Where the build puts the web pages: `dist/pages`, seen from the source and from its compiled copy alike. */
const root = [new URL('../dist/pages/', import.meta.url), new URL('../pages/', import.meta.url)]
  .map((url) => fileURLToPath(url))
  .find((path) => existsSync(path))

/** Where the app's pages live beside `/`: one document, whose script looks at the path (web/pages.ts). */
const paths = [
  '/call',
  '/chat',
  '/claims',
  '/compare',
  '/docs/sockets',
  '/inspector',
  '/lab',
  '/learn',
  '/learn/:lesson(^[a-z0-9-]+$)',
  '/learn/:lesson(^[a-z0-9-]+$)/teacher',
  '/reports',
  `/reports/:id(^${REPORT_ID}$)`,
]

/** The pages a browser opens. They, and only they, carry helmet's headers: a feed's response has none it can spare. */
export const pages: FastifyPluginAsync = async (app) => {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        // 'self' covers ws: too, in browsers of the last years; the older ones want it said.
        connectSrc: ["'self'", 'ws:', 'wss:', ({ headers }) => otherPorts(headers.host)],
        imgSrc: ["'self'", 'data:'],
      },
    },
    // Over plain http on a LAN address these would lock the page out of its own server.
    strictTransportSecurity: false,
    originAgentCluster: false,
    crossOriginOpenerPolicy: false,
  })
  if (!root) {
    app.log.warn('The pages are not built; `npm run build` builds them.')
    return
  }
  await app.register(fastifyStatic, { root, dotfiles: 'ignore', cacheControl: false })
  for (const path of paths) {
    app.get(path, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'))
  }
}

/** Links listen under the same name on other ports. The policy's grammar has no words for an IPv6 address. */
function otherPorts(host = ''): string {
  const { hostname } = new URL(`http://${host}`)
  return hostname.startsWith('[') ? 'http:' : `http://${hostname}:*`
}

/** What OpenAPI has no words for. */
const sockets = `
One chat feed over five transports. [Dashboard](/)

**[The two sockets, message by message](/docs/sockets)**: WebSocket, Socket.IO and its namespaces, each message with its direction, fields and
an example, how connections end and why a handshake is refused. As AsyncAPI 3.0: [asyncapi.yaml](/docs/asyncapi.yaml).

**Presence** who is online and who is typing, for those who ask: \`presence=<v>\` in the query of a request or handshake (0 at
first), \`"presence":true\` in a join. \`{"v","online":[{"name","id","away"}],"typing":[…]}\` comes as \`presence\` in a page when its
\`v\` is another than yours, as \`event: presence\`, as \`{"presence":{…},"room"}\`, and as Socket.IO's \`presence\` \`{room, v, online, typing}\`.
Say \`typing\` \`{room}\` and \`away\` \`{away}\` on Socket.IO, \`{"typing":"lobby"}\` and \`{"away":true}\` in frames, else by POST.

**Signals** \`{"kind":"signal","data":…}\` is published in a direct room, with \`to\` where it is for one of the two: what WebRTC has to exchange.

**Sessions** A token of \`POST /session\` is shown as \`Authorization: Bearer …\` on requests and handshakes, as the cookie that is
set, as Socket.IO's \`auth: {token}\`, or, from a page's WebSocket, as a subprotocol:
\`new WebSocket(url, ["wireside", "bearer.<token>"])\`; a cookie counts where none of the others is shown. Without one you are a guest,
who reads and writes public rooms. A token that is none is 401 (\`unauthorized\`, \`expired\`), for Socket.IO a connect error
whose \`data\` is the error. Room names that begin with \`private-\` or \`direct-\` are given out by the server alone; each is
404 \`not-found\` to everybody who is not a member, whether there is such a room or not.

**Echo** \`/echo\` is a plain WebSocket that returns every frame as it came, up to 16 MiB.
`

const version = process.env.npm_package_version ?? '0.1.0'

/** The description of every HTTP route, gathered as the routes are registered: call it before them. */
export const describeApi = fp(async (app) => {
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Wireside',
        version,
        description: sockets,
      },
      tags: [
        { name: 'feed', description: 'One feed, carried by each transport under its own path.' },
        { name: 'people', description: 'Sessions, and rooms that have members.' },
        { name: 'beside', description: 'What stands beside the feed.' },
        { name: 'links', description: 'Networks in front of this server, bent and recorded.' },
      ],
    },
  })
})

/**
 * One document, ours: the bar that asks for another would only mislead. None of our answers has links, and a phone has
 * no room for a column that says so, nor for a button that copies a path beside it.
 */
const docsCss = `
.swagger-ui .topbar,
.swagger-ui .response-col_links { display: none }
@media (max-width: 640px) {
  .swagger-ui .opblock-summary .view-line-link.copy-to-clipboard { display: none }
  .swagger-ui .opblock-body .opblock-section-header { padding-inline: 12px }
  .swagger-ui .responses-inner, .swagger-ui .opblock-description-wrapper { padding: 12px }
  .swagger-ui .parameters-col_name, .swagger-ui .response-col_status { min-width: 0; width: 5em }
}
`

/** The API page, and beside it the sockets, which OpenAPI has no words for. */
export const docs: FastifyPluginAsync = async (app) => {
  await app.register(asyncApi, { version })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // Swagger UI styles its elements in place. Its own policy would also turn http:// into https:// on a LAN address.
    staticCSP:
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    uiConfig: { docExpansion: 'list', validatorUrl: null },
    theme: {
      title: 'Wireside · API',
      css: [{ filename: 'wireside.css', content: docsCss }],
    },
  })
}
