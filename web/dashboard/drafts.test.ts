import { describe, expect, it } from 'vitest'
import type { Entry } from '../../server/contract/wire.ts'
import { PublishError } from '../transports/connection.ts'
import { createDrafts } from './drafts.ts'
import type { Lane } from './lane.ts'
import type { Attempt } from './sender.ts'

/** Drafts over a wire of the test's: each try waits for its outcome. */
function setUp() {
  const tries: { attempt: Attempt; settle(error?: Error): void }[] = []
  let ids = 0
  const drafts = createDrafts({
    attempt: (text, name) => ({ draft: { text, name, id: `page-${++ids}` }, lane: {} as Lane }),
    publish: (attempt) =>
      new Promise((resolve, reject) => {
        tries.push({ attempt, settle: (error) => (error ? reject(error) : resolve()) })
      }),
  })
  const texts = () => drafts.unsent.value.map(({ attempt }) => attempt.draft.text)
  const first = () => drafts.unsent.value[0] as (typeof drafts.unsent.value)[number]
  return { drafts, tries, texts, first }
}

const cut = new PublishError('network', 'The connection was cut.')
const entry = (id: string) => ({ id }) as Entry

describe('what a person wrote', () => {
  it('is kept when it could not be sent, and goes again as the same attempt', async () => {
    const { drafts, tries, texts, first } = setUp()
    const written = drafts.write('hi', 'Ada')
    tries[0]?.settle(cut)
    expect(await written).toBeUndefined()
    expect(first()).toMatchObject({ reason: 'The connection was cut.', sending: false })
    expect(texts()).toEqual(['hi'])

    const again = drafts.sendAgain(first())
    expect(first().sending).toBe(true)
    // A second press while it is under way does nothing.
    await drafts.sendAgain(first())
    expect(tries).toHaveLength(2)
    expect(tries[1]?.attempt).toBe(tries[0]?.attempt)
    tries[1]?.settle(new PublishError('log-unavailable', 'The disk is full.'))
    await again
    expect(first()).toMatchObject({ reason: 'The disk is full.', sending: false })

    const third = drafts.sendAgain(first())
    tries[2]?.settle()
    await third
    expect(texts()).toEqual([])
  })

  it('is not kept when the server would never take it: its author hears why', async () => {
    const { drafts, tries, texts } = setUp()
    const written = drafts.write('x'.repeat(4_001), 'Ada')
    tries[0]?.settle(new PublishError('bad-draft', '"text" is too long.'))
    expect(await written).toBe('"text" is too long.')
    expect(texts()).toEqual([])
  })

  it('that came all the same is not unsent, whether it comes before the failure or after it', async () => {
    const { drafts, tries, texts } = setUp()
    const before = drafts.write('one', 'Ada')
    drafts.arrive(entry('page-1'))
    tries[0]?.settle(cut)
    await before
    expect(texts()).toEqual([])

    const after = drafts.write('two', 'Ada')
    tries[1]?.settle(cut)
    await after
    drafts.arrive(entry('stranger'))
    expect(texts()).toEqual(['two'])
    drafts.arrive(entry('page-2'))
    expect(texts()).toEqual([])
  })

  it('may be given up, also while it is tried again', async () => {
    const { drafts, tries, texts, first } = setUp()
    const written = drafts.write('hi', 'Ada')
    tries[0]?.settle(cut)
    await written
    const again = drafts.sendAgain(first())
    drafts.discard(first())
    tries[1]?.settle(cut)
    await again
    expect(texts()).toEqual([])
  })

  it('is kept in order, and not without end', async () => {
    const { drafts, tries, texts } = setUp()
    for (let n = 1; n <= 25; n++) {
      const written = drafts.write(`${n}`, 'Ada')
      tries.at(-1)?.settle(cut)
      await written
    }
    expect(texts()).toEqual(Array.from({ length: 20 }, (_, n) => `${n + 6}`))
  })
})
