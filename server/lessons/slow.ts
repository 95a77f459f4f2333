import type { FastifyPluginAsync } from 'fastify'
import { now } from '../clock.ts'
import type { Sockets } from './sockets.ts'

/** What it may be asked for and what it may hold. A lesson asks 50 times a second for 8 s. */
export const slowLimits = { after: 100, stall: 2_000, every: 10_000, waiting: 1_024, open: 64, ms: 60_000 }

/**
 * `/lessons/slow?after=5&stall=800&every=4000`: a server of known delay. It returns each message `after` ms later, except
 * that in the first `stall` ms of every `every` ms by its clock it does nothing at all, as a process in a garbage
 * collection does, and what came meanwhile is answered when the stall is over.
 */
export const slow: FastifyPluginAsync<{ sockets: Sockets }> = async (_app, { sockets }) => {
  let open = 0
  sockets.serve(
    '/lessons/slow',
    (socket, request) => {
      const query = new URL(request.url ?? '', 'http://here').searchParams
      const [after, stall, every] = [asked(query, 'after'), asked(query, 'stall'), asked(query, 'every')]
      if (open >= slowLimits.open) return socket.close(1013, 'too many are being measured; try again later')
      if (after === undefined || stall === undefined || every === undefined || stall >= every) {
        return socket.close(1008, 'after, stall and every are whole ms, and a stall is shorter than every')
      }
      const waiting = new Set<NodeJS.Timeout>()
      const over = setTimeout(() => socket.close(1008, 'it was long enough'), slowLimits.ms)
      open++
      socket.on('message', (data) => {
        if (waiting.size >= slowLimits.waiting) return socket.close(1008, 'too many wait for an answer')
        const into = now() % every
        const timer = setTimeout(
          () => {
            waiting.delete(timer)
            socket.send(String(data))
          },
          (into < stall ? stall - into : 0) + after,
        )
        waiting.add(timer)
      })
      socket.once('close', () => {
        open--
        clearTimeout(over)
        for (const timer of waiting) clearTimeout(timer)
      })
    },
    64,
  )
}

/** A whole number of ms within its bound. */
function asked(query: URLSearchParams, name: 'after' | 'stall' | 'every'): number | undefined {
  const text = query.get(name) ?? ''
  return /^\d{1,5}$/.test(text) && Number(text) <= slowLimits[name] ? Number(text) : undefined
}
