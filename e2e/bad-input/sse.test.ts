import { expect, test } from 'vitest'
import { bystanders } from '../support/bystanders.ts'
import { tabulate } from '../support/table.ts'
import { until } from '../support/until.ts'
import { ask, dial, post, request } from '../support/wire.ts'

/** A text may look like the stream it travels in; it must not become part of it (HTML §9.2.6). */
const beside = bystanders()
const note = tabulate('texts that look like a stream of events')

const texts: [string, string][] = [
  ['a forged event', 'hi\n\nid: 9\ndata: x'],
  ['a forged event after carriage returns', 'hi\r\rid: 9\rdata: x\r\r'],
  ['a forged event after both', 'hi\r\n\r\nevent: gap\r\ndata: {}\r\n\r\n'],
  ['a forged retry', '\nretry: 1\n\n'],
  ['a lone carriage return', 'one\rtwo'],
  ['the line ends of other standards', 'one\u2028two\u2029three\u0085four\u000bfive\u000csix'],
  ['an emoji of several code points', '👩‍👩‍👧‍👦 🙂'],
  ['a byte order mark', '\ufeffdata: x'],
  ['a comment', ': heartbeat'],
  ['only line feeds', '\n\n\n'],
]

test.each(texts)('%s is one event, and its text what was sent', async (name, text) => {
  const room = 'unforged'
  const wire = await dial(beside.port)
  wire.send(request('GET', `/sse/${room}`))
  const events = () =>
    wire.received
      .toString()
      .split('\n\n')
      .filter((block) => block.includes('data: '))
  await until('the reader has joined', () => wire.received.includes('event: joined'))
  const replayed = () => events().length - 1
  const { seq } = JSON.parse((await ask(beside.port, post(`/sse/${room}`, JSON.stringify({ text })))).body)
  // What comes after it shows where it ended.
  await ask(beside.port, post(`/sse/${room}`, '{"text":"after"}'))
  await until(
    'the entry after it has come',
    () => replayed() > 0 && (events().at(-1) ?? '').includes('"after"'),
  )

  const block = events().find((event) => event.includes(`.${seq}\n`)) ?? ''
  const lines = block.split(/\r\n|\r|\n/).filter((line) => /^(id|event|data|retry)/.test(line))
  const fields = lines.map((line) => line.slice(0, line.indexOf(':')))
  note(name, 'one event: id, data', `one event: ${fields.join(', ')}`)
  expect(fields).toEqual(['id', 'data'])
  expect(lines[0]).toMatch(new RegExp(`^id: [a-z0-9]{4}\\.${seq}$`))
  expect(JSON.parse(lines[1]?.slice('data: '.length) ?? '')).toMatchObject({ seq, text, room })
  const ids = wire.received.toString().match(/^id: .*$/gm) ?? []
  expect(ids.every((id) => /^id: [a-z0-9]{4}\.\d+$/.test(id))).toBe(true)
  expect(wire.received.toString()).not.toMatch(/^(retry|event: gap)/m)
  wire.hangUp()
})
