import { percentileOf } from '../../../scenarios/lessons/figures/lanes.ts'
import type { Asked, LoopsOutcome, LoopsParameters } from '../../../scenarios/lessons/figures/loops.ts'
import { watchSight } from '../../experiments/page.ts'
import { pause, within } from '../../experiments/time.ts'
import { now } from '../../ui/clock.ts'

const QUESTIONS = 10

/** Both loops at once; `show` gets what they have so far, four times a second. */
export async function runLoops(
  parameters: LoopsParameters,
  ended: AbortSignal,
  show: (outcome: LoopsOutcome) => void,
): Promise<LoopsOutcome> {
  const { after, stall, every, rate, seconds } = parameters
  const clock = await askTheClock(ended)
  const sight = watchSight()
  const query = new URLSearchParams({ after: `${after}`, stall: `${stall}`, every: `${every}` })
  const servers = [openSlow(query), openSlow(query)] as const
  const [one, other] = servers
  try {
    await within(10_000, Promise.all([one.ready, other.ready]), ended)
    const closed: Asked[] = []
    const open: Asked[] = []
    const lateness: number[] = []
    const start = now()
    const end = start + seconds * 1_000
    const sofar = (): LoopsOutcome => ({
      closed: [...closed],
      open: [...open],
      late: lateness.length > 0 ? percentileOf(lateness, 0.95) : 0,
      stalls: stallsBetween(start, end, parameters, clock.offset),
      clock,
    })
    show(sofar())
    const drawing = setInterval(() => show(sofar()), 250)
    try {
      const both = Promise.all([
        askInTurn(one.ask, { start, end, ended }, closed),
        askOnSchedule(other.ask, { start, end, ended }, 1_000 / rate, open, lateness),
      ])
      await within(seconds * 1_000 + 10_000, both, ended)
    } finally {
      clearInterval(drawing)
    }
    if (sight.hidden)
      throw new Error('This tab was hidden during the run, and browsers slow hidden tabs down.')
    const outcome = sofar()
    show(outcome)
    return outcome
  } finally {
    for (const { close } of servers) close()
    sight.stop()
  }
}

interface Time {
  start: number
  end: number
  ended: AbortSignal
}

type Ask = () => Promise<void>

/** The closed loop: it asks again when it has the answer. While the server stalls it asks nothing. */
async function askInTurn(ask: Ask, { start, end, ended }: Time, into: Asked[]): Promise<void> {
  while (now() < end) {
    ended.throwIfAborted()
    const sent = now()
    await ask()
    into.push({ at: sent - start, took: now() - sent })
  }
}

/** The open loop: it asks when its schedule says so, and counts from that instant. */
async function askOnSchedule(
  ask: Ask,
  { start, end, ended }: Time,
  gap: number,
  into: Asked[],
  lateness: number[],
): Promise<void> {
  const answers: Promise<void>[] = []
  for (let due = start; due < end; due += gap) {
    await pause(due, ended)
    lateness.push(now() - due)
    answers.push(ask().then(() => void into.push({ at: due - start, took: now() - due })))
  }
  await Promise.all(answers)
}

/** A connection to the slow server, which returns what it is sent: a number of its own for each question. */
function openSlow(query: URLSearchParams) {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/lessons/slow?${query}`)
  const asked = new Map<string, { resolve(): void; reject(reason: Error): void }>()
  let count = 0
  socket.onmessage = ({ data }) => {
    asked.get(data)?.resolve()
    asked.delete(data)
  }
  const ready = new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onclose = ({ reason }) => {
      const lost = new Error(reason || 'The connection to the slow server was lost.')
      reject(lost)
      for (const each of asked.values()) each.reject(lost)
    }
  })
  return {
    ready,
    ask: () =>
      new Promise<void>((resolve, reject) => {
        const id = String(++count)
        asked.set(id, { resolve, reject })
        socket.send(id)
      }),
    close() {
      socket.onclose = null
      socket.close()
    },
  }
}

/**
 * The server's clock against the page's: it was read at some instant between question and answer, so half way between
 * is wrong by half the round trip at most. Of several questions the quickest tells most.
 */
async function askTheClock(ended: AbortSignal): Promise<LoopsOutcome['clock']> {
  let best = { offset: 0, uncertainty: Number.POSITIVE_INFINITY }
  for (let count = 0; count < QUESTIONS; count++) {
    const sent = now()
    const response = await fetch('/time', { cache: 'no-store', signal: ended })
    const received = now()
    const { now: theirs }: { now: number } = await response.json()
    const uncertainty = (received - sent) / 2
    if (uncertainty < best.uncertainty) best = { offset: theirs - (sent + received) / 2, uncertainty }
  }
  return { ...best, questions: QUESTIONS }
}

/** The server stalls at the beginning of each `every` of its own clock: where that is on the page's. */
function stallsBetween(
  start: number,
  end: number,
  { stall, every }: LoopsParameters,
  offset: number,
): LoopsOutcome['stalls'] {
  if (stall === 0) return []
  const stalls: { from: number; to: number }[] = []
  for (let at = Math.floor((start + offset) / every) * every - offset; at < end; at += every) {
    if (at + stall > start) stalls.push({ from: at - start, to: at + stall - start })
  }
  return stalls
}
