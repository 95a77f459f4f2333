import type { Unit } from '../stats/figures.ts'
import type { CallOutcome, CallParameters } from './figures/call.ts'
import type { ChoosingOutcome, Load } from './figures/choosing.ts'
import type { EchoOutcome, EchoParameters } from './figures/echo.ts'
import type { LabOutcome, LabParameters } from './figures/lab.ts'
import type { LanesOutcome, LanesParameters } from './figures/lanes.ts'
import type { LoopsOutcome, LoopsParameters } from './figures/loops.ts'
import type { PoolOutcome, PoolParameters } from './figures/pool.ts'
import type { PresenceOutcome, PresenceParameters } from './figures/presence.ts'
import type { RawOutcome, RawParameters } from './figures/raw.ts'
import type { RefreshesOutcome, RefreshesParameters } from './figures/refreshes.ts'
import type { RequestsOutcome, RequestsParameters } from './figures/requests.ts'
import type { RoomsOutcome, RoomsParameters } from './figures/rooms.ts'
import type { SlowOutcome, SlowParameters } from './figures/slow.ts'
import type { SocketIoOutcome, SocketIoParameters } from './figures/socket-io.ts'
import type { StreamOutcome, StreamParameters } from './figures/stream.ts'
import type { TokensOutcome, TokensParameters } from './figures/tokens.ts'

/**
 * The live figures that a lesson may have: what each is given and what a run of it comes to. They are drawn and run in
 * `web/lessons/figures/`, which does not compile while one of these is missing there.
 */
export interface Figures {
  call: { parameters: CallParameters; outcome: CallOutcome }
  choosing: { parameters: Load; outcome: ChoosingOutcome }
  echo: { parameters: EchoParameters; outcome: EchoOutcome }
  lab: { parameters: LabParameters; outcome: LabOutcome }
  lanes: { parameters: LanesParameters; outcome: LanesOutcome }
  pool: { parameters: PoolParameters; outcome: PoolOutcome }
  loops: { parameters: LoopsParameters; outcome: LoopsOutcome }
  presence: { parameters: PresenceParameters; outcome: PresenceOutcome }
  raw: { parameters: RawParameters; outcome: RawOutcome }
  requests: { parameters: RequestsParameters; outcome: RequestsOutcome }
  rooms: { parameters: RoomsParameters; outcome: RoomsOutcome }
  slow: { parameters: SlowParameters; outcome: SlowOutcome }
  stream: { parameters: StreamParameters; outcome: StreamOutcome }
  'socket-io': { parameters: SocketIoParameters; outcome: SocketIoOutcome }
  tokens: { parameters: TokensParameters; outcome: TokensOutcome }
  refreshes: { parameters: RefreshesParameters; outcome: RefreshesOutcome }
}

export type FigureName = keyof Figures

/** A figure as a lesson asks for it. */
export type FigureUse<Name extends FigureName = FigureName> = {
  [N in Name]: { name: N; parameters: Figures[N]['parameters'] }
}[Name]

/** What was read off a run, as it is printed: 3 significant digits, the unit, n, and where it comes from. */
export interface Reading {
  value: number
  unit: Unit
  /** How many observations it rests on, where it is a statistic. */
  n?: number
  /** `measured` on this run; `modelled`: by a link, or computed from it; `quoted` from a standard or an article. */
  origin: 'measured' | 'modelled' | 'quoted'
}

/** A named way to read a figure off a run. The same ones serve many lessons: see the file of the figure. */
export interface Measure<Outcome> {
  /** What it is, as in a table: "mean delay". */
  label: string
  /** Absent where the run does not tell. */
  read(outcome: Outcome): Reading | undefined
}
