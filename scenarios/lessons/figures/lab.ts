import type { Measure } from '../figures.ts'

/**
 * `lab`: four clients of Socket.IO in a namespace of their own (`server/lab.ts`). One asks the server for one way to emit
 * after the other, a connection may be cut in between, and it is counted who hears what.
 */
export interface LabParameters {
  /** Who joins the room `red` before anything is said. */
  members: readonly LabClient[]
  /** Whose socket the server's line is about. */
  by: LabClient
  steps: readonly LabStep[]
  /** Who is in a namespace apart from the others. */
  elsewhere?: readonly LabClient[]
  /** Who asks for the room again whenever it is connected. */
  rejoins?: readonly LabClient[]
}

export type LabClient = 'A' | 'B' | 'C' | 'D'

/** The ways to emit, as `server/lab.ts` names them; and a cut, after which the run waits until the client is back. */
export type LabStep =
  | 'io.emit'
  | 'socket.emit'
  | 'socket.broadcast.emit'
  | 'io.to'
  | 'socket.to'
  | 'io.except'
  | { cut: LabClient }

export interface LabOutcome {
  clients: readonly LabLife[]
  /** A line for each step that emits. */
  said: readonly LabSaid[]
  /** ms from a cut until the client was connected again, a line for each. */
  awayFor: readonly number[]
}

export interface LabLife {
  name: LabClient
  /** Its `socket.id`, once for each time that it was connected. */
  ids: readonly string[]
  /** At the end, as the server told them; the room of its own id among them. */
  rooms: readonly string[]
}

export interface LabSaid {
  step: LabStep
  /** How often each heard it. */
  heard: Readonly<Record<string, number>>
  /** What crossed for it, as it was written in the frames. */
  crossed: readonly { client: string; from: 'client' | 'server'; text: string }[]
}

/** Who heard it, like "ABCD"; empty where nobody did. */
export const hearers = (said: LabSaid | undefined): string =>
  Object.entries(said?.heard ?? {})
    .filter(([, times]) => times > 0)
    .map(([name]) => name)
    .join('')

export const firstOf = ({ said }: LabOutcome, step: LabStep): LabSaid | undefined =>
  said.find((each) => each.step === step)

/** What came down to those who heard it: events, and not the answer to who asked. */
export const eventsOf = (said: LabSaid | undefined): readonly string[] =>
  (said?.crossed ?? [])
    .filter(({ from, text }) => from === 'server' && text.startsWith('42'))
    .map(({ text }) => text)

/** How many heard a step the first time. */
export const reach = (step: LabStep & string): Measure<LabOutcome> => ({
  label: `clients that heard ${step}`,
  read(outcome) {
    const said = firstOf(outcome, step)
    return said && { value: hearers(said).length, unit: '', origin: 'measured' }
  },
})

export const commands: Measure<LabOutcome> = {
  label: 'things said',
  read: ({ said }) => ({ value: said.length, unit: '', origin: 'measured' }),
}
export const deliveries: Measure<LabOutcome> = {
  label: 'times that a client heard something',
  read: ({ said }) => ({
    value: said.reduce((sum, each) => sum + eventsOf(each).length, 0),
    unit: '',
    origin: 'measured',
  }),
}
export const awayFor: Measure<LabOutcome> = {
  label: 'from the cut to the new connection',
  read: ({ awayFor: [first] }) =>
    first === undefined ? undefined : { value: first, unit: 'ms', origin: 'measured' },
}
/** Bytes of one event, without the frame's header. */
export const eventBytes: Measure<LabOutcome> = {
  label: 'bytes of one event of io.emit',
  read(outcome) {
    const [text] = eventsOf(firstOf(outcome, 'io.emit'))
    return text === undefined
      ? undefined
      : { value: new TextEncoder().encode(text).length, unit: 'B', origin: 'measured' }
  },
}
export const idsOf = (client: LabClient): Measure<LabOutcome> => ({
  label: `socket ids that ${client} had`,
  read({ clients }) {
    const life = clients.find(({ name }) => name === client)
    return life && { value: new Set(life.ids).size, unit: '', origin: 'measured' }
  },
})
