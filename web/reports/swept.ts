import type { Sweep } from '../../scenarios/scenario.ts'

/** What a sweep may vary, in words that go under an axis. */
export const swept: Readonly<Record<Sweep['of'], string>> = {
  rate: 'messages a second',
  payload: 'bytes of text',
  burst: 'messages at once',
  readers: 'readers',
  interval: 'poll interval, s',
  cookieBytes: 'bytes of cookie',
  keepAlive: 'keep-alive',
  history: 'entries in the room’s history',
  otherRooms: 'other rooms',
  rtt: 'ms of round trip added',
}

/** A case's label as people say it: `rate=10` is "10 messages a second". */
export function caseName(label: string): string {
  const [of = '', value = ''] = label.split('=')
  if (value === 'true' || value === 'false')
    return `${swept[of as Sweep['of']] ?? of} ${value === 'true' ? 'on' : 'off'}`
  const words: string | undefined = swept[of as Sweep['of']]
  return words === undefined
    ? label
    : words.includes(', ')
      ? `${words.replace(', s', '')} ${value} s`
      : `${Number(value).toLocaleString('en')} ${words}`
}
