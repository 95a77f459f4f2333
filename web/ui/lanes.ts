import { nameOf } from '../../scenarios/stats/words.ts'
import type { TransportName } from '../../server/contract/transports.ts'

/** How a transport looks everywhere: a colour never stands alone, a mark or a dash goes with it. */
export interface Look {
  label: string
  /** For narrow places. */
  short: string
  /** The end of this lane's client name, so that the meter can tell the five apart. */
  suffix: string
  /** The CSS variable that holds its colour for the current theme. */
  colour: `--${string}`
  /** Its line in charts, as lengths of stroke and space; empty is solid. */
  dash: readonly number[]
  /** Its mark, as an SVG path within -5…5. */
  mark: string
}

export const looks = {
  'short-polling': {
    label: nameOf['short-polling'],
    short: 'Short',
    suffix: 'sp',
    colour: '--short-polling',
    dash: [2, 3],
    mark: 'M-4.2 0a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0 -8.4 0z',
  },
  'long-polling': {
    label: nameOf['long-polling'],
    short: 'Long',
    suffix: 'lp',
    colour: '--long-polling',
    dash: [6, 4],
    mark: 'M-3.8 -3.8h7.6v7.6h-7.6z',
  },
  sse: {
    label: nameOf.sse,
    short: 'SSE',
    suffix: 'sse',
    colour: '--sse',
    dash: [8, 3, 2, 3],
    mark: 'M0 -4.8L4.8 3.8H-4.8z',
  },
  websocket: {
    label: nameOf.websocket,
    short: 'WS',
    suffix: 'ws',
    colour: '--websocket',
    dash: [],
    mark: 'M0 -5L5 0L0 5L-5 0z',
  },
  'socket-io': {
    label: nameOf['socket-io'],
    short: 'S.IO',
    suffix: 'sio',
    colour: '--socket-io',
    dash: [14, 4],
    mark: 'M-4.8 0L-2.4 -4.2H2.4L4.8 0L2.4 4.2H-2.4z',
  },
} as const satisfies Record<TransportName, Look>
