import { expect, test } from 'vitest'
import { inOrder, MAX_TEXT, readSaid, readSignal, textTrouble } from './signals.ts'

const call = 'a1b2c3d4'

test('a signal is read as it was meant, without what does not belong to it', () => {
  const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 }
  expect(readSignal({ call, step: 'ring', over: 'sse', more: 1 })).toEqual({
    call,
    step: 'ring',
    over: 'sse',
  })
  expect(readSignal({ call, step: 'offer', n: 1, sdp: 'v=0\r\n' })).toEqual({
    call,
    step: 'offer',
    n: 1,
    sdp: 'v=0\r\n',
  })
  expect(readSignal({ call, step: 'candidate', n: 2, candidate })).toEqual({
    call,
    step: 'candidate',
    n: 2,
    candidate,
  })
  expect(readSignal({ call, step: 'hang-up' })).toEqual({ call, step: 'hang-up' })
})

test('what is no signal of ours is nothing', () => {
  for (const data of [
    null,
    'offer',
    {},
    { step: 'accept' },
    { call: 'A B', step: 'accept' },
    { call, step: 'ring', over: 'pigeon' },
    { call, step: 'offer', sdp: 'v=0' },
    { call, step: 'offer', n: 0, sdp: 'v=0' },
    { call, step: 'answer', n: 1, sdp: 7 },
    { call, step: 'candidate', n: 1, candidate: { candidate: 'x'.repeat(1_001) } },
    { call, step: 'candidate', n: 1, candidate: null },
    { call, step: 'explode' },
  ])
    expect(readSignal(data), JSON.stringify(data)).toBeUndefined()
})

test('a text on the channel is text, whatever it looks like, and not too long', () => {
  const markup = '<img src=x onerror=alert(1)>'
  expect(readSaid(JSON.stringify({ say: 'text', text: markup }))).toEqual({ say: 'text', text: markup })
  const longest = '\u{1F600}'.repeat(MAX_TEXT)
  expect(readSaid(JSON.stringify({ say: 'text', text: longest }))).toEqual({ say: 'text', text: longest })
  for (const data of [
    new ArrayBuffer(4),
    'hello',
    '{"say":"text"}',
    '{"say":"text","text":""}',
    '{"say":"ping"}',
    '{"say":"ping","n":1e99}',
    JSON.stringify({ say: 'text', text: `${longest}x` }),
    ' '.repeat(1_000_000),
  ])
    expect(readSaid(data)).toBeUndefined()
})

test('a message that is too long is refused with how long it is', () => {
  expect(textTrouble('x'.repeat(MAX_TEXT))).toBeUndefined()
  expect(textTrouble('x'.repeat(MAX_TEXT + 1))).toContain('4,001')
  expect(textTrouble(' \n')).toBeDefined()
})

test('signals that overtake one another are taken in their order, each once', () => {
  const taken: number[] = []
  const take = inOrder<{ n: number }>(({ n }) => taken.push(n))
  for (const n of [2, 3, 1, 2, 5, 1, 4, 200]) take({ n })
  expect(taken).toEqual([1, 2, 3, 4, 5])
})
