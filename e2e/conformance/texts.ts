import { expect, test } from 'vitest'
import type { TransportName } from '../../server/contract/transports.ts'
import { kept, setStage } from './stage.ts'

/** Text that means something to one of the wires, or that careless code would change on its way. */
const hard = {
  'two lines': 'one\ntwo',
  'a lone CR': 'one\rtwo',
  CRLF: 'one\r\ntwo',
  'newlines only': '\n\n\r\n\r',
  'leading and trailing spaces': '  hi \t ',
  'line and paragraph separators': 'one\u2028two\u2029three',
  'a forged event': 'hi\n\nid: 9\ndata: x\n\n',
  'SSE fields': 'data: x\nevent: gap\nid: zzzz.9\nretry: 1\n: comment',
  'a byte order mark': '\uFEFFhi',
  'quotes and backslashes': `"'\`\\"\\n\\u0000`,
  'the JSON of an entry': '{"entry":{"seq":7}}],"more":true}',
  'a Socket.IO packet': '42/chat,["entry",{}]\u001e40/chat,',
  'an Engine.IO ping': '2',
  'control characters': '\u0001\u0008\u001b\u001e\u007f\u0085',
  'a prototype': '__proto__',
  HTML: '<img src=x onerror=alert(1)>&amp;',
  'right to left': '\u202Eאבג\u202C',
  emoji: '🙂👩‍👩‍👧‍👦🇨🇭',
  'combining characters, not composed': 'e\u0301 é',
  'the last code point': '\u{10FFFF}\uFFFE',
  '4,000 emoji': '🙂'.repeat(4_000),
} as const

/** Promise 1 for what is inside: a text arrives as it was written. */
export function texts(name: TransportName) {
  test('every text arrives as it was written', async () => {
    const { log, server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    const bob = reader(name, { url: server.url })
    await ada.open()
    await bob.open()
    for (const text of Object.values(hard)) await ada.publish({ text, name: '"Ada\u2028🙂' })
    const count = Object.keys(hard).length
    await bob.has(count)
    const late = reader(name, { url: server.url, after: '0' })
    await late.has(count)

    for (const { entries } of [bob, late]) {
      const arrived = Object.keys(hard).map((what, n) => [what, entries[n]?.text])
      expect(Object.fromEntries(arrived)).toEqual(hard)
      expect(entries[0]?.from).toEqual({ name: '"Ada\u2028🙂' })
      expect(entries).toEqual(await kept(log))
    }
    expect(bob.gaps).toEqual([])
  })

  test('a text whose bytes are torn apart on the way is put together again', async () => {
    const { log, server, reader } = await setStage()
    const bob = reader(name, { url: server.url })
    await bob.open()
    // Several hundred kB of four-byte characters: the network's pieces end in the middle of some of them.
    const drafts = Array.from({ length: 20 }, (_, n) => ({ text: `${'a'.repeat(n)}${'🙂'.repeat(3_900)}` }))
    for (const draft of drafts) await log.append('lobby', draft, undefined)
    await bob.has(20)
    expect(bob.entries).toEqual(await kept(log))
  })
}
