import type { TransportName } from '../../../server/contract/transports.ts'
import { nameOf } from '../../stats/words.ts'
import type { Measure } from '../figures.ts'

/**
 * `presence`: people type in one room, each over another transport and all through a link, until something ends it. One
 * more watches over SSE, straight from the server: what is drawn is what that one sees, and when.
 */
export interface PresenceParameters {
  transports: readonly [TransportName, ...TransportName[]]
  /**
   * What ends it in mid-word: the link swallows all they say and are told (`half-open`) or ends their connections
   * (`fin`), and none can come back; or they send what they have written, or only stop.
   */
  ending: 'half-open' | 'fin' | 'sent' | 'stopped'
  /** How long they type, in s, and how long the watcher looks on after that. */
  typing: number
  watch: number
  /** Between two short polls, in s. */
  interval: number
  /** How long a long poll may be held, in s. */
  wait: number
  /** Has SSE served by a broken server of `server/lessons/broken/`, for the watcher as well. */
  broken?: 'typing-for-ever'
}

/** What a run of it came to. Times are ms by the page's clock, from the first key. */
export interface PresenceOutcome {
  people: readonly Typist[]
  /** When it was ended, and until when the watcher looked on. */
  endedAt: number
  watchedUntil: number
  /** States of the room that the watcher was told while they typed and after. */
  updates: number
  /** What was published, and what the log of the room holds at the end. */
  published: number
  logged: number
}

/** One who types, as the watcher sees it. */
export interface Typist {
  transport: TransportName
  name: string
  keys: number
  /** When this client said that somebody types. */
  signals: readonly number[]
  /** What the watcher was told of this one, and when, wherever that was news. */
  seen: readonly Sight[]
}

export interface Sight {
  at: number
  isOnline: boolean
  isTyping: boolean
}

/** How long after the end this one still stood there so, in ms; absent for one who did until the watcher left. */
const outlasted =
  (of: (sight: Sight) => boolean) =>
  (outcome: PresenceOutcome, { seen }: Typist) => {
    const last = seen.findLastIndex(of)
    const next = seen[last + 1]
    if (next) return Math.max(0, next.at - outcome.endedAt)
    return last < 0 ? 0 : undefined
  }

export const typingFor = outlasted(({ isTyping }) => isTyping)
export const onlineFor = outlasted(({ isOnline }) => isOnline)

export const typistOn = ({ people }: PresenceOutcome, transport: TransportName): Typist | undefined =>
  people.find((typist) => typist.transport === transport)

export const isGone = (outcome: PresenceOutcome) => (typist: Typist) =>
  onlineFor(outcome, typist) !== undefined

export const gone = (outcome: PresenceOutcome): readonly Typist[] => outcome.people.filter(isGone(outcome))

/** "Short polling after 2.1 s, SSE not at all" */
export const afterWhat = (
  outcome: PresenceOutcome,
  of: (outcome: PresenceOutcome, typist: Typist) => number | undefined,
): string =>
  outcome.people
    .map((typist) => {
      const ms = of(outcome, typist)
      return `${nameOf[typist.transport]} ${ms === undefined ? 'not at all' : `after ${inSeconds(ms)}`}`
    })
    .join(', ')

export const inSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const count = (label: string, of: (outcome: PresenceOutcome) => number): Measure<PresenceOutcome> => ({
  label,
  read: (outcome) => ({ value: of(outcome), unit: '', origin: 'measured' }),
})

const seconds = (
  label: string,
  of: (outcome: PresenceOutcome) => number | undefined,
): Measure<PresenceOutcome> => ({
  label,
  read(outcome) {
    const ms = of(outcome)
    return ms === undefined ? undefined : { value: ms / 1_000, unit: 's', origin: 'measured' }
  },
})

export const keys = count('keys that each pressed', ({ people }) => people[0]?.keys ?? 0)
export const signals = count('most signals that one sent', ({ people }) =>
  Math.max(0, ...people.map(({ signals }) => signals.length)),
)
export const updates = count('updates that the watcher was told', ({ updates }) => updates)
export const logged = count(
  'entries that typing left in the log',
  ({ logged, published }) => logged - published,
)
export const stillThere = count(
  'online when the watcher left',
  (outcome) => outcome.people.length - gone(outcome).length,
)
export const watched = seconds('watched after the end', ({ endedAt, watchedUntil }) => watchedUntil - endedAt)
export const longestTyping = seconds('longest “typing” after the end', (outcome) => {
  const all = outcome.people.map((typist) => typingFor(outcome, typist))
  return all.includes(undefined) ? undefined : Math.max(...all.map((ms) => ms ?? 0))
})
/** How long one on this transport stood there as online after the end. */
export const goneAfter = (transport: TransportName): Measure<PresenceOutcome> =>
  seconds(`${nameOf[transport]}: “online” after the end`, (outcome) => {
    const typist = typistOn(outcome, transport)
    return typist && onlineFor(outcome, typist)
  })
