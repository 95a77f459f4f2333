import type { LabOutcome, LabParameters, LabSaid, LabStep } from '../../../scenarios/lessons/figures/lab.ts'
import { pause, until } from '../../experiments/time.ts'
import { type Bench, createBench, names } from '../../lab/bench.ts'
import { now } from '../../ui/clock.ts'

/** What is known while a run goes on. */
export interface LabShown {
  bench: Bench
  said: readonly LabSaid[]
  cuts: readonly { after: number; step: LabStep & object }[]
}

const ROOM = 'red'
/** How long anything may take, in ms. */
const PATIENCE = 10_000
/** From one step to the next, in ms, so that it is seen who lights up. */
const PACE = 250

/** One run: everybody connects, some join, and the steps are taken; `show` gets what is known. It leaves nothing open. */
export async function runLab(
  { members, by, steps, elsewhere = [], rejoins = [] }: LabParameters,
  ended: AbortSignal,
  show: (shown: LabShown) => void,
): Promise<LabOutcome> {
  const bench = createBench({ elsewhere, joins: Object.fromEntries(rejoins.map((name) => [name, ROOM])) })
  const ids = new Map<string, string[]>(names.map((name) => [name, []]))
  const said: LabSaid[] = []
  const cuts: { after: number; step: LabStep & object }[] = []
  const awayFor: number[] = []
  const tell = () => show({ bench, said: [...said], cuts: [...cuts] })

  try {
    tell()
    for (const name of names) await connected(name)
    for (const name of members) await command(name, 'join')
    for (const step of steps) {
      await pause(now() + PACE, ended)
      if (typeof step === 'string') {
        const { heard } = await command(by, step)
        said.push({ step, heard, crossed: bench.crossed.peek() })
      } else {
        cuts.push({ after: said.length, step })
        const start = now()
        called(step.cut)?.cut()
        await connected(step.cut)
        awayFor.push(now() - start)
      }
      tell()
    }
    const clients = names.map((name) => ({
      name,
      ids: ids.get(name) ?? [],
      rooms: called(name)?.state.peek().rooms ?? [],
    }))
    return { clients, said, awayFor }
  } finally {
    bench.close()
  }

  /** Until it has an id that it did not have before, and is in the room, where it asks for that by itself. */
  async function connected(name: string) {
    const had = ids.get(name) ?? []
    const state = () => called(name)?.state.peek()
    const isIn = () => {
      const { id, rooms = [] } = state() ?? {}
      const isNew = id !== undefined && !had.includes(id)
      return isNew && (!rejoins.some((each) => each === name) || rooms.includes(ROOM))
    }
    await until(isIn, now() + PATIENCE, ended)
    if (!isIn()) throw new Error(`${name} could not connect.`)
    had.push(state()?.id ?? '')
  }

  async function command(name: string, what: string) {
    const done = await bench.command(name, what, ROOM)
    ended.throwIfAborted()
    if (done.reply && !done.reply.error) return done
    throw new Error(done.reply?.error?.message ?? `${name} got no answer.`)
  }

  function called(name: string) {
    return bench.clients.find((client) => client.name === name)
  }
}
