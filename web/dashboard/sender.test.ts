import { signal } from '@preact/signals'
import { describe, expect, it, vi } from 'vitest'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Entry } from '../../server/contract/wire.ts'
import { PublishError } from '../transports/connection.ts'
import type { Settings } from './hash.ts'
import type { Lane, LaneStatus } from './lane.ts'
import { createSender } from './sender.ts'

function lane(name: TransportName, state: 'open' | 'connecting', publish = vi.fn(async () => undefined)) {
  return { name, status: signal<LaneStatus>({ state, since: 0 }), publish } as unknown as Lane
}

function sender(lanes: Lane[], over: Settings['over'] = 'each') {
  return createSender('page', lanes, () => over)
}

const entry = (id: string) => ({ id }) as Entry

describe('the sender', () => {
  it('takes the open lanes in turn', () => {
    const all = [lane('short-polling', 'open'), lane('sse', 'connecting'), lane('websocket', 'open')]
    const { attempt } = sender(all)
    const names = Array.from({ length: 4 }, () => attempt('hi', 'Ada').lane.name)
    expect(names).toEqual(['short-polling', 'websocket', 'short-polling', 'websocket'])
  })

  it('keeps to the lane that was chosen, open or not', () => {
    const { attempt } = sender([lane('websocket', 'open'), lane('sse', 'connecting')], 'sse')
    expect(attempt('hi', 'Ada').lane.name).toBe('sse')
  })

  it('gives each draft an id of its own, and knows its instant until the figures are reset', async () => {
    const mine = sender([lane('sse', 'open')])
    const [one, other] = [mine.attempt('a', 'Ada', 1000.06), mine.attempt('b', 'Ada', 2000)]
    expect(one.draft).toEqual({ id: 'page-1', name: 'Ada', text: 'a', sentAt: 1000.1 })
    await mine.publish(one)
    await mine.publish(other)
    expect(mine.sentAt(entry('page-2'))).toBe(2000)
    expect(mine.sentAt(entry('stranger-2'))).toBeUndefined()
    mine.reset()
    expect(mine.sentAt(entry('page-2'))).toBeUndefined()
  })

  it('counts sample messages that were not sent, with the reason', async () => {
    const refuse = vi.fn(async () => {
      throw new PublishError('too-many', 'Slow down.')
    })
    const mine = sender([lane('sse', 'open', refuse as never)])
    mine.say({ name: 'Ada', text: 'hi' }, 0)
    mine.say({ name: 'Ada', text: 'ho' }, 0)
    await vi.waitFor(() => expect(mine.unsent.value).toEqual({ count: 2, reason: 'Slow down.' }))
  })
})
