import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'

/** Where the build puts the web pages: `dist/pages`, seen from the source and from its compiled copy alike. */
const root = [new URL('../dist/pages/', import.meta.url), new URL('../pages/', import.meta.url)]
  .map((url) => fileURLToPath(url))
  .find((path) => existsSync(path))

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
        connectSrc: ["'self'", 'ws:', 'wss:'],
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
}

/** The description of every HTTP route, gathered as the routes are registered: call it before them. */
export const describeApi = fp(async (app) => {
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Wireside',
        version: process.env.npm_package_version ?? '0.1.0',
        description: 'One chat feed over five transports. The two sockets are described in the README.',
      },
    },
  })
})

/** The API page. */
export const docs: FastifyPluginAsync = async (app) => {
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
}
