import { describe, expect, it } from 'vitest'
import { quietRoom } from '../../scenarios/catalogue/quiet-room.ts'
import { defaults, readHash, type Settings, writeHash } from './hash.ts'

describe('the hash of the page', () => {
  it('of an untouched page is empty', () => {
    expect(writeHash(defaults)).toBe('')
    expect(readHash('')).toEqual(defaults)
  })

  it('says only what is special', () => {
    expect(writeHash({ ...defaults, rate: 20, over: 'sse', running: true })).toBe(
      '#rate=20&over=sse&running=1',
    )
  })

  it('brings every setting back', () => {
    const settings: Settings = {
      room: 'room-7',
      scenario: 'quiet-room',
      rate: 0.5,
      arrivals: 'bursts',
      burst: 20,
      payload: 300,
      every: 0.25,
      over: 'socket-io',
      network: 'rtt-80_idle-10',
      theme: 'dark',
      projector: true,
      running: true,
    }
    expect(readHash(writeHash(settings))).toEqual(settings)
  })

  it('of a scenario is its name, and what was changed of it', () => {
    const quiet = readHash('#scenario=quiet-room')
    expect(quiet).toMatchObject({ scenario: 'quiet-room', arrivals: 'poisson', payload: 'conversation' })
    expect(quiet).toMatchObject({ rate: quietRoom.traffic.rate, every: quietRoom.interval })
    expect(writeHash(quiet)).toBe('#scenario=quiet-room')
    expect(writeHash({ ...quiet, every: 5 })).toBe('#scenario=quiet-room&every=5')
    expect(readHash('#scenario=quiet-room&every=5')).toEqual({ ...quiet, every: 5 })
    // What is the default elsewhere is a change here.
    expect(readHash(writeHash({ ...quiet, rate: 0 }))).toEqual({ ...quiet, rate: 0 })
  })

  it.each([
    '#room=No Such Room',
    '#room=-x',
    `#room=${'a'.repeat(65)}`,
    '#rate=-1',
    '#rate=1e999',
    '#rate=51',
    '#rate=0x10',
    '#scenario=toString',
    '#scenario=no-such-thing',
    '#arrivals=sometimes',
    '#burst=1',
    '#burst=2.5',
    '#payload=4001',
    '#payload=novel',
    '#rate=',
    '#every=0',
    '#over=carrier-pigeon',
    '#over=toString',
    '#network=the-moon',
    '#network=rtt-99999',
    '#network=clear',
    '#theme=__proto__',
    '#projector=yes&running=true',
    '#%%%&&&===',
    '#constructor=1',
  ])('%s falls back to the defaults', (hash) => {
    expect(readHash(hash)).toEqual(defaults)
  })
})
