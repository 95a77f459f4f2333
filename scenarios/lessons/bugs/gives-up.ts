import { type LanesOutcome, laneOf } from '../figures/lanes.ts'
import { bugSwitch, type Finding } from '../lesson.ts'

const traffic = { transports: ['sse'], rate: 2, seconds: 6, broken: 'stumbles' } as const

const missedIn = (outcome: LanesOutcome, holds: (missed: number) => boolean): Finding => {
  const missed = laneOf(outcome, 'sse')?.missed ?? Number.NaN
  return {
    holds: holds(missed),
    because: `${missed} of ${outcome.published} published messages never came`,
  }
}

/** Of lesson 5. */
export const givesUp = bugSwitch<'lanes'>({
  pain: 'EventSource gives up on a 500',
  threads: ['Yaffle/EventSource#88'],
  about:
    'A browser’s EventSource comes back when its stream ends. But if the answer is not 200, it stops for good (WHATWG HTML §9.2.3): one 500 or 503 while a server restarts, and the page is silent until somebody loads it anew. Here the server ends the stream after three messages and answers 500 once. The cure is to look at readyState and to try again oneself, after a while that grows, or to read the stream with fetch as our client does.',
  figure: 'lanes',
  broken: { ...traffic, bare: true },
  cured: traffic,
  symptom: {
    sentence: 'After the one 500 the page hears nothing more, though the server is well again.',
    check: (outcome) => missedIn(outcome, (missed) => missed >= outcome.published / 2),
  },
  cure: {
    sentence: 'The client takes the 500 for something that passes, tries again, and has missed nothing.',
    check: (outcome) => missedIn(outcome, (missed) => missed === 0),
  },
  code: {
    broken: {
      file: 'web/lessons/figures/bare-event-source.ts',
      from: 'source.onerror = () => {',
      lines: 4,
      note: 'When it is closed nobody opens it again.',
    },
    cured: {
      file: 'web/transports/http.ts',
      from: 'const passing = new Set([',
      note: 'After these statuses our client tries again, as after a lost connection (reconnect.ts).',
    },
  },
})
