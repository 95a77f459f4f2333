import { emptyTally, type Tallies, type Tally, tallyFields } from '../../server/contract/meter.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { now } from '../ui/clock.ts'

export type LaneTallies = Record<TransportName, Tally>

/** A settled request that took this long is no news; one that hangs longer is asked again. */
const PATIENCE = 20_000

/**
 * Reads what the lanes have cost at the server's sockets, since `reset`. Sums up what each reading adds, so that a
 * server that was restarted, and counts from zero, takes nothing away.
 */
export function createTallyReader(clients: Readonly<Record<TransportName, string>>) {
  const query = new URLSearchParams(transportNames.map((name) => ['client', clients[name]]))
  const url = `/meter?${query}`
  let seen = zeros()
  let sums = zeros()
  let startOver = false
  let reading: Promise<void> | undefined
  let waitingSince: number | undefined

  async function ask(): Promise<void> {
    waitingSince ??= now()
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), cache: 'no-store' })
      if (!response.ok) return
      const answer: Record<string, Tallies | undefined> = await response.json()
      const fresh = zeros()
      for (const name of transportNames) fresh[name] = answer[clients[name]]?.[name] ?? emptyTally()
      if (startOver) sums = zeros()
      for (const name of transportNames) sums[name] = add(sums[name], seen[name], fresh[name])
      if (startOver)
        for (const name of transportNames) sums[name] = { ...emptyTally(), open: fresh[name].open }
      startOver = false
      seen = fresh
      waitingSince = undefined
    } catch (error) {
      // A refused connection is an answer of a kind; only silence may mean that no connection was to be had.
      if (!(error instanceof DOMException && error.name === 'TimeoutError')) waitingSince = undefined
    }
  }

  return {
    /** One reading at a time; who asks meanwhile shares it. */
    async read(): Promise<void> {
      reading ??= ask().finally(() => {
        reading = undefined
      })
      await reading
    },

    /** Counts from the next reading on, which is asked for at once. */
    async reset(): Promise<void> {
      await reading
      startOver = true
      await this.read()
    },

    get tallies(): LaneTallies {
      return sums
    },

    /** Since when a reading has been waited for. */
    get waitingSince(): number | undefined {
      return waitingSince
    },
  }
}

/** `sum` and what `fresh` has more than `seen`; `open` counts nothing, it is a state. */
export function add(sum: Tally, seen: Tally, fresh: Tally): Tally {
  const restarted = fresh.bytesIn < seen.bytesIn
  const next = emptyTally()
  for (const field of tallyFields) {
    next[field] = field === 'open' ? fresh.open : sum[field] + fresh[field] - (restarted ? 0 : seen[field])
  }
  return next
}

/** The bytes of a tally, both ways, as parts that add up to the whole; `empty` is a cross-cut of them. */
export function bytesOf(tally: Tally) {
  const total = tally.bytesIn + tally.bytesOut
  const payload = tally.payloadBytesIn + tally.payloadBytesOut
  const heads = tally.headBytesIn + tally.headBytesOut
  const control = tally.controlBytesIn + tally.controlBytesOut
  const empty = tally.emptyBytesIn + tally.emptyBytesOut
  return { total, payload, heads, control, framing: total - payload - heads - control, empty }
}

const zeros = () =>
  Object.fromEntries(transportNames.map((name) => [name, emptyTally()])) as unknown as LaneTallies
