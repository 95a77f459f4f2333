import type { Observation } from '../../report.ts'
import { entryIn, lines, listen, missing, newRoom, publish, socketUrl } from './wire.ts'

/** More than the feed replays to a reader without a cursor. */
const AWAY = lines(60, 'while away')
const BEFORE = lines(10, 'before')

/** A reader is cut, messages are published, and it comes back: with its cursor, and without. */
export async function tcpSoNothingLost(url: string): Promise<Observation[]> {
  const room = newRoom()
  const path = `/websocket/${room}`
  const reader = await listen(socketUrl(url, path))
  const joined = await reader.heard('the join', (message) => message.startsWith('{"joined"'))
  await publish(url, room, BEFORE)
  const last = await reader.heard('the last entry', (message) => entryIn(message)?.text === BEFORE.at(-1))
  const lostOpen = missing(BEFORE, reader.messages)
  const epoch = (JSON.parse(joined) as { cursor: string }).cursor.split('.')[0]
  const cursor = `${epoch}.${entryIn(last)?.seq}`

  reader.socket.terminate()
  await publish(url, room, AWAY)

  const back = [
    await listen(socketUrl(url, path)),
    await listen(socketUrl(url, `${path}?after=${cursor}`)),
  ] as const
  await publish(url, room, ['the end'])
  const lost = await Promise.all(
    back.map(async ({ heard, messages, socket }) => {
      await heard('what was published last', (message) => entryIn(message)?.text === 'the end')
      socket.terminate()
      return missing(AWAY, messages)
    }),
  )
  return [
    {
      id: 'published-away',
      what: 'Messages published between a cut of the reader’s connection and its coming back.',
      value: AWAY.length,
    },
    {
      id: 'lost-open',
      what: `Of ${BEFORE.length} messages before the cut, those that the reader never got.`,
      value: lostOpen,
    },
    {
      id: 'lost-without-cursor',
      what: 'Of those published meanwhile, those that it never got when it came back without a cursor.',
      value: lost[0] ?? 0,
    },
    {
      id: 'lost-with-cursor',
      what: 'Of those published meanwhile, those that it never got when it came back with its cursor.',
      value: lost[1] ?? 0,
    },
  ]
}
