import type { LoadResult } from './protocol.ts'

/** What is asked of a run before its figures may be used, besides the figures themselves. */
export interface Witness {
  /** The share of the time in which the load process was busy with something else than waiting, 0 to 1. */
  busy: number
  /** Whether the warm-up's messages were all delivered before figures began to count. */
  warm: boolean
  /** Whether the server was made to restart: what it could not take meanwhile is a finding, and nobody's fault. */
  restarted?: boolean
}

/**
 * Why a run's figures must not be used: sentences, or nothing when nothing speaks against them. The question is always
 * the same: could the load's own trouble have been read as the server's?
 *
 * - *Lateness.* A message that was sent late arrives late by as much, whatever the server does. The corrected latency
 *   contains it, the raw one does not. So it may be at most a tenth of the median and a quarter of the tail that it is
 *   part of; below 1 ms (median) and 5 ms (tail) it decides nothing that this page would say.
 * - *Event loop.* What had arrived waited in the kernel while the loop was busy, in both latencies. Its delay at the
 *   99th percentile may be 20 ms, or a quarter of the tail where that is more.
 * - *Busy.* A load that works, or waits for a processor, all the time receives at its own pace, not at the server's.
 * - *Refusals.* With more than 1 % of the messages refused the rate was not the one that the report names. Where the
 *   scenario restarts the server, that is what it asks about.
 */
export function whyInvalid(
  result: Omit<LoadResult, 'invalid'>,
  { busy, warm, restarted }: Witness,
): string | undefined {
  const { latency, lateness, generator, scheduled, refused } = result
  const tailOf = ({ p99, max = 0 }: { p99?: number; max?: number }) => p99 ?? max
  const reasons: string[] = []

  const median = lateness.p50 ?? 0
  if (median > Math.max(1, 0.1 * (latency.p50 ?? 0))) {
    reasons.push(
      `Half of the messages were sent more than ${ms(median)} after they were due, beside a median latency of ` +
        `${ms(latency.p50 ?? 0)}.`,
    )
  }
  const tail = tailOf(lateness)
  if (tail > Math.max(5, 0.25 * tailOf(latency))) {
    reasons.push(
      `The latest messages were sent ${ms(tail)} after they were due (99th percentile), beside a latency of ` +
        `${ms(tailOf(latency))}.`,
    )
  }
  if (generator.eventLoopDelayP99 > Math.max(20, 0.25 * tailOf(latency))) {
    reasons.push(
      `The event loop of the load process was ${ms(generator.eventLoopDelayP99)} late (99th percentile): it received late.`,
    )
  }
  if (busy > 0.95) {
    reasons.push(
      `The load process was busy, or waited for a processor, ${Math.round(busy * 100)} % of the time: it received at its own pace.`,
    )
  }
  if (refused > 0.01 * scheduled && !restarted) {
    reasons.push(
      `${refused} of ${scheduled} messages were refused: the load was not the one that was asked for.`,
    )
  }
  if (!warm) reasons.push('The warm-up’s messages were not all delivered when figures began to count.')
  return reasons.length > 0 ? reasons.join(' ') : undefined
}

const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`
