import { type LanesOutcome, laneOf } from '../figures/lanes.ts'
import { bugSwitch, type Finding } from '../lesson.ts'

/** Far enough away that a good part of the messages falls between an answer and the next question. */
const traffic = {
  transports: ['long-polling'],
  rate: 8,
  seconds: 6,
  network: { rtt: 100 },
} as const

const missedIn = (outcome: LanesOutcome, holds: (missed: number) => boolean): Finding => {
  const missed = laneOf(outcome, 'long-polling')?.missed ?? Number.NaN
  return {
    holds: holds(missed),
    because: `${missed} of ${outcome.published} published messages never came`,
  }
}

/** Of lesson 4. */
export const betweenPolls = bugSwitch<'lanes'>({
  pain: 'messages vanish between two long polls',
  threads: ['nmosafi/aspComet#3', 'Atmosphere/atmosphere#2063'],
  about:
    'A server that hands messages only to those who are waiting loses what comes while nobody is: between an answer and the next question, which is a round trip, here 100 ms that a link makes. The cure is to keep a log and to let the client say where it stands: what came meanwhile is read from there, and only who has everything waits.',
  figure: 'lanes',
  broken: { ...traffic, broken: 'between-polls' },
  cured: traffic,
  symptom: {
    sentence: 'Messages are gone for good, and nothing says so but the hole in their numbers.',
    check: (outcome) => missedIn(outcome, (missed) => missed > 0),
  },
  cure: {
    sentence: 'Every message came, though the polls are the same and the pauses between them too.',
    check: (outcome) => missedIn(outcome, (missed) => missed === 0),
  },
  code: {
    broken: {
      file: 'server/lessons/broken/between-polls.ts',
      from: 'const { cursor: here } = await feed.page(room, undefined, who)',
      lines: 9,
      note: 'Where the reader stands is not asked: it begins to listen, and what came before is nobody’s.',
    },
    cured: {
      file: 'server/transports/long-polling.ts',
      from: 'const end = feed.nextPage(room, after, who, {',
      note: 'Reads first what follows the reader’s cursor, and waits only if there is nothing.',
    },
  },
})
