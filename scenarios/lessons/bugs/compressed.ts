import { type LanesOutcome, laneOf } from '../figures/lanes.ts'
import { bugSwitch, type Finding } from '../lesson.ts'

const traffic = { transports: ['sse'], rate: 2, seconds: 4 } as const

const deliveredIn = (outcome: LanesOutcome, holds: (delivered: number) => boolean): Finding => {
  const { delivered = 0, reconnects = 0 } = laneOf(outcome, 'sse') ?? {}
  return {
    holds: outcome.published > 0 && holds(delivered),
    because: `${delivered} of ${outcome.published} published messages came, and the connection was lost ${reconnects} times`,
  }
}

/** Of lesson 16. */
export const compressedEvents = bugSwitch<'lanes'>({
  pain: 'compression swallows events',
  threads: ['expressjs/compression#17'],
  about:
    'A compressor gets better the more it sees at once, so gzip gathers some kilobytes before it writes anything. For a file that is right. An event stream never ends and its events are small: the answer begins, its status is 200, and what was said lies in the compressor. In development, without compression, all was well. The cure is to flush after each event (Z_SYNC_FLUSH), or to leave event streams uncompressed.',
  figure: 'lanes',
  broken: { ...traffic, broken: 'compressed' },
  cured: { ...traffic, broken: 'compressed-flushed' },
  symptom: {
    sentence: 'The connection is open, nothing has failed, and not one message comes.',
    check: (outcome) => deliveredIn(outcome, (delivered) => delivered === 0),
  },
  cure: {
    sentence: 'Every message comes, as compressed as before.',
    check: (outcome) => deliveredIn(outcome, (delivered) => delivered === outcome.published),
  },
  code: {
    broken: {
      file: 'server/lessons/broken/compressed.ts',
      from: 'compressedWith(constants.Z_NO_FLUSH)',
      note: 'Nobody tells the compressor that somebody waits.',
    },
    cured: {
      file: 'server/lessons/broken/compressed.ts',
      from: 'compressedWith(constants.Z_SYNC_FLUSH)',
      note: 'What was written leaves at once; the server is otherwise the same.',
    },
  },
})
