import { now } from '../ui/clock.ts'

/** Round trips on one clock: something numbered goes out, and its answer names the number. */
export interface Pings {
  /** How long one takes, in ms. Rejects when no answer comes within `patience` ms, or when it cannot be sent. */
  roundTrip(): Promise<number>
  answered(n: number): void
}

export function createPings(patience: number, send: (n: number) => Promise<void>): Pings {
  const waiting = new Map<number, () => void>()
  let last = 0
  return {
    roundTrip: () =>
      new Promise((resolve, reject) => {
        const n = ++last
        const sentAt = now()
        const timer = setTimeout(() => done(() => reject(new Error('No answer came.'))), patience)
        const done = (how: () => void) => {
          clearTimeout(timer)
          waiting.delete(n)
          how()
        }
        waiting.set(n, () => done(() => resolve(now() - sentAt)))
        send(n).catch((error) => done(() => reject(error)))
      }),
    answered: (n) => waiting.get(n)?.(),
  }
}
