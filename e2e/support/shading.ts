import type { Tally } from '../../server/contract/meter.ts'
import type { sums } from '../../web/inspector/message.ts'

/** The meter's figures of a lane in the inspector's terms: what is no payload, head or control is framing. */
export function shadingOf(tally: Tally): ReturnType<typeof sums> {
  const way = (way: 'In' | 'Out') => {
    const payload = tally[`payloadBytes${way}`]
    const head = tally[`headBytes${way}`]
    const control = tally[`controlBytes${way}`]
    return { payload, head, framing: tally[`bytes${way}`] - payload - head - control, control }
  }
  return { client: way('In'), server: way('Out') }
}
