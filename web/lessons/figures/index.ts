import type { FigureName } from '../../../scenarios/lessons/figures.ts'
import type { CreateFigure, LiveFigure } from './figure.ts'

/** Every live figure; the code of each is loaded with the first lesson that has it. */
const loaders = {
  call: async () => (await import('./call.tsx')).createCall,
  choosing: async () => (await import('./choosing.tsx')).createChoosing,
  echo: async () => (await import('./echo.tsx')).createEcho,
  lab: async () => (await import('./lab.tsx')).createLab,
  lanes: async () => (await import('./lanes.tsx')).createLanes,
  pool: async () => (await import('./pool.tsx')).createPool,
  presence: async () => (await import('./presence.tsx')).createPresence,
  rooms: async () => (await import('./rooms.tsx')).createRooms,
  slow: async () => (await import('./slow.tsx')).createSlow,
  stream: async () => (await import('./stream.tsx')).createStream,
  loops: async () => (await import('./loops.tsx')).createLoops,
  raw: async () => (await import('./raw.tsx')).createRaw,
  requests: async () => (await import('./requests.tsx')).createRequests,
  'socket-io': async () => (await import('./socket-io.tsx')).createSocketIo,
  refreshes: async () => (await import('./refreshes.tsx')).createRefreshes,
  tokens: async () => (await import('./tokens.tsx')).createTokens,
} satisfies { [Name in FigureName]: () => Promise<CreateFigure<Name>> }

/** A figure for one place on a page. Whoever holds it hands it the parameters that stand beside its name. */
export async function createFigure(name: FigureName): Promise<LiveFigure<FigureName>> {
  const create: CreateFigure<FigureName> = await loaders[name]()
  return create()
}
