import type { TransportName } from '../../server/contract/transports.ts'
import { backlog } from './backlog.ts'
import { cuts } from './cuts.ts'
import { gaps } from './gaps.ts'
import { order } from './order.ts'
import { repeats } from './repeats.ts'
import { resume } from './resume.ts'
import { texts } from './texts.ts'

/**
 * The conformance suite: what must hold on every transport, said once. It speaks through the product's own clients and
 * knows nothing about any of them.
 */
export function conforms(name: TransportName) {
  order(name)
  backlog(name)
  resume(name)
  gaps(name)
  cuts(name)
  repeats(name)
  texts(name)
}
