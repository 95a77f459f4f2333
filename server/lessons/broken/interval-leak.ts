import { createVisits } from '../visits.ts'
import type { BrokenServer } from './index.ts'

/**
 * A ticker that starts a timer with each connection and never clears it. When the page is loaded again, its old
 * connection goes and the old timer stays: it ticks on, into whatever connections there are. The same pattern, with a listener
 * instead of a timer, is socketio/socket.io#4919: listeners pile up and messages double.
 * The cure is one line: see server/lessons/ticker.ts.
 */
export const intervalLeak: BrokenServer = async (app, { sockets }) => {
  const visits = createVisits()
  app.addHook('preClose', async () => visits.close())
  app.get<{ Params: { visit: string } }>('/:visit', { schema: { hide: true } }, async ({ params }) =>
    visits.count(params.visit),
  )
  sockets.serve('/lessons/broken/interval-leak', (socket, request) => {
    const visit = visits.enter(socket, new URL(request.url ?? '', 'http://here').searchParams.get('visit'))
    if (!visit) return
    // The bug: nobody keeps what stops it.
    visit.every(250, () => {
      for (const each of visit.sockets) each.send('tick')
    })
  })
}
