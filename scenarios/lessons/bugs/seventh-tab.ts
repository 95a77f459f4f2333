import { inMs } from '../figures/lanes.ts'
import { type PoolOutcome, waited } from '../figures/pool.ts'
import { bugSwitch } from '../lesson.ts'

const tabs = { held: 6, by: 'sse', patience: 2_000 } as const

const because = ({ answeredAfter, letGoAfter, caughtUp }: PoolOutcome): string => {
  const opened = answeredAfter === undefined ? 'never read' : `read after ${inMs(answeredAfter)}`
  const first =
    letGoAfter === undefined
      ? caughtUp === undefined
        ? 'nothing had to be closed'
        : `the first, seen again, ${caughtUp ? 'had' : 'did not have'} what was said meanwhile`
      : `the first was closed after ${inMs(letGoAfter)}`
  return `the seventh tab ${opened}, and ${first}`
}

/** Of lesson 15. */
export const seventhTab = bugSwitch<'pool'>({
  pain: 'the seventh tab hangs in silence',
  threads: ['freenet/freenet-core#5213'],
  about:
    'Seven readers in this page stand for seven tabs; a browser counts all its tabs of an origin together. Each is opened in front of the one before and reads the same room with the product’s own client for event streams. If each keeps its stream, six tabs take all the connections, and the seventh waits, without an error and without an end, until one is closed. The cure is to let go of the stream while nobody looks and to go on after the cursor later. Or one tab reads for all and tells the others over a BroadcastChannel.',
  figure: 'pool',
  broken: { ...tabs, tabs: 'keep' },
  cured: { ...tabs, tabs: 'let-go' },
  symptom: {
    sentence: 'The seventh tab stays empty, and says nothing, until another tab is closed.',
    check: (outcome) => ({ holds: waited(outcome) && !outcome.arrived, because: because(outcome) }),
  },
  cure: {
    sentence: 'The seventh tab reads at once, and a tab that was hidden misses nothing.',
    check: (outcome) => ({
      holds: outcome.answeredAfter !== undefined && !waited(outcome) && outcome.caughtUp === true,
      because: because(outcome),
    }),
  },
  code: {
    broken: {
      file: 'web/lessons/broken/seventh-tab.ts',
      from: 'export function keepsItsStream(read: Read): Tab {',
      lines: 5,
      note: 'The stream is held from the first moment to the last, seen or not.',
    },
    cured: {
      file: 'web/lessons/broken/seventh-tab.ts',
      from: 'export function letsGoWhenHidden(read: Read): Tab {',
      lines: 14,
      note: 'Hidden: lets go, and keeps the cursor. Seen again: goes on after it.',
    },
  },
})
