import { describe, expect, it } from 'vitest'
import { type Disturbed, followRecovery } from './recovery.ts'

const disturbed = (about: Partial<Disturbed> = {}) =>
  followRecovery({
    transport: 'sse',
    lastSeq: 10,
    isOpen: true,
    at: 1_000,
    blocked: 0,
    keepsConnection: false,
    ...about,
  })

describe('a lane that was cut', () => {
  it('is back when it has joined again, and its time counts from the cut', () => {
    const { observer, done, ...follow } = watch()
    observer.lost(1_002)
    done(1_004)
    observer.open(1_250)
    observer.entry(11, 1_300)
    expect(follow.now()).toMatchObject({ lost: true, after: 250, delivered: 1, missed: 0, duplicated: 0 })
  })

  it('is not back by what was on its way before', () => {
    const { observer, done, ...follow } = watch()
    observer.entry(11, 1_001)
    done(1_004)
    observer.entry(12, 1_006)
    expect(follow.now()).toMatchObject({ lost: false, after: undefined, delivered: 2 })
    observer.lost(1_007)
    observer.entry(13, 1_400)
    expect(follow.now()).toMatchObject({ lost: true, after: 400, delivered: 3 })
  })

  it('is not back when it says again that it is open: Socket.IO does when it changes its carrier', () => {
    const { observer, done, ...follow } = watch()
    done(1_004)
    observer.open(1_006)
    expect(follow.now().after).toBeUndefined()
  })

  it('is not back while nobody can connect', () => {
    const { observer, done, ...follow } = watch({ blocked: 5_000 })
    observer.lost(1_002)
    done(1_004)
    observer.entry(11, 1_005)
    expect(follow.now().after).toBeUndefined()
    observer.open(6_100)
    expect(follow.now().after).toBe(5_100)
  })

  it('that polls may never notice: the first poll it makes afterwards tells', () => {
    const { observer, done, ...follow } = watch({ transport: 'short-polling' })
    observer.answer(1_002, 990)
    done(1_004)
    observer.answer(1_008, 1_001)
    expect(follow.now().after).toBeUndefined()
    observer.answer(2_010, 2_000)
    expect(follow.now()).toMatchObject({ lost: false, after: 1_010 })
  })

  it('and had no connection is back with its first one', () => {
    const { observer, done, ...follow } = watch({ isOpen: false })
    done(1_004)
    observer.open(1_300)
    expect(follow.now()).toMatchObject({ lost: true, after: 300 })
  })
})

describe('what came since', () => {
  it('counts from where the lane stood: the very first loss is seen', () => {
    const { observer, ...follow } = watch()
    for (const seq of [12, 13, 13]) observer.entry(seq, 1_100)
    expect(follow.now()).toMatchObject({ delivered: 3, missed: 1, duplicated: 1 })
  })

  it('has no holes where a gap was announced', () => {
    const { observer, ...follow } = watch()
    observer.gap()
    observer.entry(40, 1_100)
    expect(follow.now()).toMatchObject({ delivered: 1, missed: 0, gaps: 1 })
  })
})

it('a lane that was stalled keeps its connection, and is back with the first entry after it', () => {
  const { observer, done, ...follow } = watch({ blocked: 2_000, keepsConnection: true })
  done(1_004)
  observer.entry(11, 1_010)
  expect(follow.now().after).toBeUndefined()
  observer.entry(12, 3_020)
  expect(follow.now()).toMatchObject({ lost: false, after: 2_020, delivered: 2 })
})

function watch(about: Partial<Disturbed> = {}) {
  const follow = disturbed(about)
  return { observer: follow.observer, done: follow.done, now: () => follow.recovery }
}
