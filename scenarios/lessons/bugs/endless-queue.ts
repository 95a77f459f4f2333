import { inMegabytes } from '../figures/slow.ts'
import { bugSwitch } from '../lesson.ts'

/** Of lesson 17. */
export const endlessQueue = bugSwitch<'slow'>({
  pain: 'one slow client eats the memory',
  threads: ['websockets/ws#492'],
  about:
    'A write succeeds also when nobody reads: what the kernel does not take is queued in the process. A server that never looks at that queue keeps all that is published for the slowest of its readers, and a few of them are enough to end it. The figure asks the broken server how much that is, and stops at 3 MB. The cure is one comparison after each write: who owes more than a bound is cut, and comes back with its cursor.',
  figure: 'slow',
  broken: { megabytes: 24, broken: 'endless-queue' },
  cured: { megabytes: 24 },
  symptom: {
    sentence:
      'The queue in the server’s memory grew past twice the bound of the cured server, and nobody was cut.',
    check: ({ queued = 0, cutAfter }) => ({
      holds: queued > 2 * 1024 * 1024 && cutAfter === undefined,
      because: `${inMegabytes(queued)} waited in the server’s memory`,
    }),
  },
  cure: {
    sentence: 'The slow reader was cut, the other noticed nothing, and nothing is missing.',
    check: ({ cutAfter, missed, duplicated, other, published }) => ({
      holds:
        cutAfter !== undefined &&
        missed === 0 &&
        duplicated === 0 &&
        other.reconnects === 0 &&
        other.delivered === published,
      because: `${cutAfter === undefined ? 'the reader was not cut' : `the cut came after ${inMegabytes(cutAfter)}`}, the slow reader missed ${missed}, and the other got ${other.delivered} of ${published}`,
    }),
  },
  code: {
    broken: {
      file: 'server/lessons/broken/endless-queue.ts',
      from: 'The bug is what is not here',
      lines: 2,
      note: 'Written and forgotten: the only bound is the one that ends the lesson.',
    },
    cured: {
      file: 'server/transports/sse.ts',
      from: 'if (stream.writableLength > MAX_QUEUE) stream.destroy()',
      note: 'Whoever owes more than 1 MiB is cut, and comes back with its cursor.',
    },
  },
})
