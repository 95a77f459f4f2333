import type { FastifyPluginAsync } from 'fastify'
import type { Sessions } from '../people/sessions.ts'

/** How long a token of a lesson is good, in ms: a learner shall see one expire. */
const LIFE = 1_000

/** `POST /lessons/session`: a token of nobody in particular, signed as all are, that is soon over. Nothing is kept of it. */
export const briefSession: FastifyPluginAsync<{ sessions: Sessions }> = async (app, { sessions }) => {
  app.post('/lessons/session', { schema: { hide: true } }, async (_request, reply) => {
    const { token, person } = await sessions.start('Ada', undefined, LIFE)
    return reply.code(201).send({ token, expiresAt: person.expiresAt })
  })
}
