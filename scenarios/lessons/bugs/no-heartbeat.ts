import { backOf, type EchoOutcome } from '../figures/echo.ts'
import { inMs } from '../figures/lanes.ts'
import { bugSwitch } from '../lesson.ts'

const dead = { messages: 0, apart: 0, rtt: 200, ending: { how: 'half-open', seconds: 6 } } as const

const because = ({ afterwards, connections, end }: EchoOutcome): string => {
  const knew = end?.knownAfter === undefined ? 'never knew' : `knew after ${inMs(end.knownAfter)}`
  return `${backOf(afterwards)} of ${afterwards.length} messages came back, the page ${knew}, and it opened ${connections} connection${connections === 1 ? '' : 's'}`
}

/** Of lesson 8. */
export const noHeartbeat = bugSwitch<'echo'>({
  pain: 'the page says it is connected, and nothing comes any more',
  threads: ['websockets/ws#1467', 'websockets/ws#1014'],
  about:
    'A laptop changes from one access point to another, or a router on the way starts again. The connection is gone, and neither end was told. A new one would work at once, but the page waits for a close event, and its readyState stays OPEN. The cure is a heartbeat with a watchdog: every 0.5 s the page asks something that the server answers, and after three questions without an answer it opens another connection. Half a second is for those who watch; our own client asks after 15 s of silence and gives up after 37.5 s. What was said into the silence is lost all the same: lesson 14 is about that.',
  figure: 'echo',
  broken: dead,
  cured: { ...dead, heartbeat: 0.5 },
  symptom: {
    sentence: 'The page went on speaking into a socket that called itself open, and never heard a word.',
    check: (outcome) => ({
      holds:
        outcome.afterwards.length > 0 &&
        backOf(outcome.afterwards) === 0 &&
        outcome.end?.state === 'open' &&
        outcome.end.knownAfter === undefined,
      because: because(outcome),
    }),
  },
  cure: {
    sentence:
      'The page noticed by itself, opened another connection, and what it said on that one came back.',
    check: (outcome) => ({
      holds:
        outcome.connections === 2 &&
        outcome.end?.knownAfter !== undefined &&
        outcome.end.code === undefined &&
        backOf(outcome.afterwards) > 0,
      because: because(outcome),
    }),
  },
  code: {
    broken: {
      file: 'web/lessons/broken/no-heartbeat.ts',
      from: 'socket.onclose = ({ code }) => onLost(code)',
      note: 'All that it waits for: somebody who says that the connection is over.',
    },
    cured: {
      file: 'web/lessons/broken/no-heartbeat.ts',
      from: 'const watchdog = setInterval(() => {',
      lines: 11,
      note: 'Asks, and counts the questions without an answer. After three nobody is there.',
    },
  },
})
