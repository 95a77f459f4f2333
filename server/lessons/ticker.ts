import type { FastifyPluginAsync } from 'fastify'
import type { Sockets } from './sockets.ts'
import { createVisits } from './visits.ts'

/** `/lessons/ticker?visit=`: says "tick" four times a second for each connection that is open. */
export const ticker: FastifyPluginAsync<{ sockets: Sockets }> = async (app, { sockets }) => {
  const visits = createVisits()
  app.addHook('preClose', async () => visits.close())
  app.get<{ Params: { visit: string } }>(
    '/lessons/ticker/:visit',
    { schema: { hide: true } },
    async ({ params }) => visits.count(params.visit),
  )
  sockets.serve('/lessons/ticker', (socket, request) => {
    const visit = visits.enter(socket, new URL(request.url ?? '', 'http://here').searchParams.get('visit'))
    if (!visit) return
    const stop = visit.every(250, () => {
      for (const each of visit.sockets) each.send('tick')
    })
    // The cure: what the connection started ends with it.
    socket.once('close', stop)
  })
}
