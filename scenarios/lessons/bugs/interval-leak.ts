import { type RefreshesOutcome, timersAtLast } from '../figures/refreshes.ts'
import { bugSwitch, type Finding } from '../lesson.ts'

const page = { refreshes: 10, seconds: 1 } as const

const timersAre = (outcome: RefreshesOutcome, wanted: number): Finding => {
  const timers = timersAtLast.read(outcome)?.value ?? Number.NaN
  return {
    holds: timers === wanted,
    because: `after ${page.refreshes} refreshes ${timers} timers were alive, and ${outcome.after} messages came in ${outcome.seconds} s`,
  }
}

/** Of lesson 18. */
export const intervalLeak = bugSwitch<'refreshes'>({
  pain: 'after some refreshes messages come many times over',
  threads: ['socketio/socket.io#4919'],
  about:
    'What a connection starts on the server does not end with the connection by itself: a timer, a listener on something shared, a subscription. Each holds what it uses in memory, and goes on working. The cure is to write down, where it is started, how it is stopped, and to do that when the connection closes, however it closes.',
  figure: 'refreshes',
  broken: { ...page, server: 'broken/interval-leak' },
  cured: { ...page, server: 'ticker' },
  symptom: {
    sentence: 'One page is open, and a timer runs for every time it was ever opened.',
    check: (outcome) => timersAre(outcome, page.refreshes + 1),
  },
  cure: {
    sentence: 'One page is open, and one timer runs for it.',
    check: (outcome) => timersAre(outcome, 1),
  },
  code: {
    broken: {
      file: 'server/lessons/broken/interval-leak.ts',
      from: 'visit.every(250, () => {',
      lines: 3,
      note: 'Starts a timer and throws away what would stop it.',
    },
    cured: {
      file: 'server/lessons/ticker.ts',
      from: 'const stop = visit.every(250, () => {',
      lines: 5,
      note: 'Keeps it, and stops the timer when the connection closes.',
    },
  },
})
