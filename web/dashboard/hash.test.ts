import { describe, expect, it } from 'vitest'
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
      rate: 0.5,
      every: 0.25,
      over: 'socket-io',
      theme: 'dark',
      projector: true,
      running: true,
    }
    expect(readHash(writeHash(settings))).toEqual(settings)
  })

  it.each([
    '#room=No Such Room',
    '#room=-x',
    `#room=${'a'.repeat(65)}`,
    '#rate=-1',
    '#rate=1e999',
    '#rate=3',
    '#rate=',
    '#every=0',
    '#over=carrier-pigeon',
    '#over=toString',
    '#theme=__proto__',
    '#projector=yes&running=true',
    '#%%%&&&===',
    '#constructor=1',
  ])('%s falls back to the defaults', (hash) => {
    expect(readHash(hash)).toEqual(defaults)
  })
})
