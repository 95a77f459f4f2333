import Type, { type Static } from 'typebox'

export const RestartState = Type.Object({
  startedAt: Type.Number({
    description:
      'When this server was started: its clock, ms since 1970. After a restart it is another instant.',
  }),
  allowed: Type.Boolean({ description: 'Whether whoever asks may restart it.' }),
  why: Type.Optional(Type.String({ description: 'Why not: a sentence.' })),
  keeps: Type.Boolean({
    description: 'Whether its entries outlive it. Where they do not, readers hear of a gap afterwards.',
  }),
})
/** Since when the server runs, and whether it can be made to start anew. */
export type RestartState = Static<typeof RestartState>
