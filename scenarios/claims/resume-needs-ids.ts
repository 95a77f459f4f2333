import { scenario } from '../define.ts'
import type { Claim, Verdict } from './claim.ts'
import { flagSeen, measured, notLooked, numberSeen, observed, say } from './evidence.ts'

export const resumeNeedsIds: Claim = {
  id: 'resume-needs-ids',
  sentence: 'Last-Event-ID gives you reliable delivery',
  said: 'articles',
  scenario: scenario({
    name: 'claim-resume-needs-ids',
    title: 'Last-Event-ID',
    question: 'Does a reader that comes back with its Last-Event-ID get all it missed?',
    about:
      'An SSE reader comes back with the id of the last event it saw: first while the server still holds ' +
      'everything after it, then after ten thousand more messages have pushed some of that out. Looked at ' +
      'is what it did not get, and whether it was told.',
    transports: ['sse'],
    readers: 4,
    traffic: { rate: 10, arrivals: 'even', payload: 'conversation' },
    warmUp: 0,
    seconds: 2,
    repeat: 1,
    notInBrowser:
      'It overflows the server’s log with ten thousand messages, which is too much to do from a page.',
  }),
  experiment: 'resume-needs-ids',
  rule(report) {
    const missedKept = numberSeen(report, 'missed-kept')
    const missedForgotten = numberSeen(report, 'missed-forgotten')
    const owed = numberSeen(report, 'owed')
    const announced = flagSeen(report, 'gap-announced')
    if (
      missedKept === undefined ||
      missedForgotten === undefined ||
      owed === undefined ||
      announced === undefined
    ) {
      return notLooked('a reader that comes back with its Last-Event-ID, before and after the log overflows')
    }
    const told =
      missedForgotten === 0 ? '' : announced ? ', and was told of the gap' : ', and was told nothing of that'
    return observed(
      verdictOf(missedKept, missedForgotten),
      `While the log held them, it missed ${missedKept} of the entries after its id. ` +
        `When the log had overflowed, it missed ${say(missedForgotten)} of ${say(owed)}${told}.`,
      [
        measured('Entries missed while the log held them', missedKept, ''),
        measured('Entries missed after the log had overflowed', missedForgotten, ''),
      ],
    )
  },
  nuance:
    'The id is only a question; the answer is the server’s log. Nothing in SSE obliges a server to number ' +
    'its events, to keep them, or to say that some are gone, and an id from before a restart may mean ' +
    'another event after it. What it gives is at-least-once as far back as the log goes. This server ' +
    'announces a gap; a reader has to know what to do with it.',
}

/** Reliable as far as the log reaches is the claim with a condition. */
function verdictOf(missedKept: number, missedForgotten: number): Verdict['verdict'] {
  if (missedKept > 0) return 'does not hold'
  return missedForgotten > 0 ? 'depends' : 'holds'
}
