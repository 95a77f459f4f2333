import { type LanesOutcome, laneOf } from '../figures/lanes.ts'
import { bugSwitch, type Finding } from '../lesson.ts'

const traffic = {
  transports: ['sse'],
  rate: 4,
  seconds: 8,
  cuts: [
    { at: 2, how: 'rst', seconds: 0 },
    { at: 4, how: 'rst', seconds: 2 },
  ],
} as const

const countsIn = (outcome: LanesOutcome, holds: (missed: number, duplicated: number) => boolean): Finding => {
  const { missed = Number.NaN, duplicated = Number.NaN } = laneOf(outcome, 'sse') ?? {}
  return {
    holds: holds(missed, duplicated),
    because: `of ${outcome.published} published messages ${missed} never came, and ${duplicated} came a second time`,
  }
}

/** Of lesson 14. */
export const lastFive = bugSwitch<'lanes'>({
  pain: 'missed or doubled after reconnect',
  threads: ['socketio/socket.io#3414'],
  about:
    'A server that does not know what a reader has must guess when it comes back. This one sends the last five messages. After a short cut that is too much, and messages appear twice; after a long one it is too little, and messages are missing. No number is right. The cure is to be told: the reader says which was its last, and gets what follows it.',
  figure: 'lanes',
  broken: { ...traffic, broken: 'last-five' },
  cured: traffic,
  symptom: {
    sentence: 'After the short cut messages came twice, and after the long one some are gone.',
    check: (outcome) => countsIn(outcome, (missed, duplicated) => missed > 0 && duplicated > 0),
  },
  cure: {
    sentence: 'The same two cuts, and every message came once.',
    check: (outcome) => countsIn(outcome, (missed, duplicated) => missed === 0 && duplicated === 0),
  },
  code: {
    broken: {
      file: 'server/lessons/broken/last-five.ts',
      from: 'const { epoch, seq } = parseCursor(',
      lines: 3,
      note: 'Where the reader stands is guessed: five before the head, whatever it has.',
    },
    cured: {
      file: 'server/transports/sse.ts',
      from: "const after = lastEventId(request.headers['last-event-id']) ?? request.query.after",
      note: 'Where the reader stands is what the reader says.',
    },
  },
})
