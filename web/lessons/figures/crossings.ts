import type { Crossing } from '../../../scenarios/lessons/figures/socket-io.ts'
import type { Capture } from '../../../server/contract/link.ts'
import { utf8 } from '../../inspector/bytes.ts'
import { requestAt, responseAt } from '../../inspector/http.ts'
import { contentOf } from '../../inspector/layer.ts'
import { type Row, rowsOf } from '../../inspector/rows.ts'
import { BINARY, frameAt, unmasked } from '../../inspector/websocket.ts'

/** Between the packets of one poll or POST. */
const SEPARATOR = '\u001e'

/** What crossed a link on connections of Engine.IO, oldest first, each with its message for the inspector. */
export function crossingsIn(capture: Capture): { row: Row; crossing: Crossing }[] {
  const rows = rowsOf(capture).filter(({ bytes }) => bytes.length > 0)
  const since = rows[0]?.message.at ?? 0
  return rows.map((row) => ({ row, crossing: crossingOf(row, since) }))
}

function crossingOf({ message, bytes }: Row, since: number): Crossing {
  const { from } = message
  const at = message.at - since
  const http = from === 'client' ? requestAt(bytes, 0) : responseAt(bytes, 0, undefined, undefined)
  if (!http) {
    const frame = frameAt(bytes, 0)
    const isData = frame.opcode <= BINARY
    const packets = isData ? [utf8(unmasked(bytes, frame))] : []
    return { at, from, over: 'WebSocket', how: isData ? 'frame' : message.title, packets }
  }
  const body = utf8(contentOf(bytes, http.body))
  const [first = '', second = ''] = http.head.first.split(' ')
  const isUpgrade = from === 'client' && http.head.fields.has('upgrade')
  return {
    at,
    from,
    over: 'HTTP',
    how: from === 'client' ? (isUpgrade ? `${first}, to upgrade` : first) : second,
    packets: /^[0-6]/.test(body) ? body.split(SEPARATOR) : [],
  }
}
