import { describe, expect, it } from 'vitest'
import { Conditions } from '../../server/contract/link.ts'
import { presets } from '../../server/contract/presets.ts'
import { conditionsOf, describeConditions, networkOf, readNetwork, titleOf } from './conditions.ts'

describe('the network of a page’s link', () => {
  it.each(presets)(
    '$title stands by its name, and brings its conditions back',
    ({ name, title, conditions }) => {
      expect(conditionsOf(name)).toEqual(conditions)
      expect(readNetwork(name)).toBe(name)
      expect(titleOf(name)).toBe(title)
    },
  )

  it('brings back all that can be set by hand', () => {
    const conditions: Required<Conditions> = {
      rtt: 80.5,
      jitter: 10,
      bandwidth: 50_000,
      buffer: { bytes: 16_384, ms: 5_000 },
      refuseUpgrade: true,
      idleCut: 0.5,
    }
    // Every condition of the contract has a word.
    expect(Object.keys(conditions).sort()).toEqual(Object.keys(Conditions.properties).sort())
    const text = networkOf(conditions)
    expect(text).toBe('rtt-80.5_jitter-10_bandwidth-50000_buffer-16384-5000_refuse_idle-0.5')
    expect(conditionsOf(text)).toEqual(conditions)
    // Nothing in it is escaped in an address.
    expect(new URLSearchParams({ network: text }).toString()).toBe(`network=${text}`)
  })

  it('is a preset where it is one, and a link that only records where nothing is added', () => {
    expect(networkOf({ rtt: 200, jitter: 0 })).toBe('200-ms-away')
    expect(readNetwork('rtt-200')).toBe('200-ms-away')
    expect(networkOf({})).toBe('recorded')
    expect(networkOf({ rtt: 0, refuseUpgrade: false })).toBe('recorded')
    expect(conditionsOf('recorded')).toEqual({})
    expect(readNetwork('clear')).toBe('clear')
  })

  it.each([
    '',
    'rtt',
    'rtt-',
    'rtt--1',
    'rtt-1e3',
    'rtt-10001',
    'rtt-5-5',
    'bandwidth-0',
    'bandwidth-99',
    'buffer-5',
    'buffer-0-5',
    'buffer-1.5-5',
    'refuse-1',
    'idle-0',
    'loss-5',
    'toString',
    '__proto__',
    'rtt-5_',
  ])('%j is none', (text) => {
    expect(readNetwork(text)).toBeUndefined()
  })

  it('says what conditions do', () => {
    expect(describeConditions({})).toBe('nothing added')
    expect(describeConditions({ rtt: 300, bandwidth: 200_000, idleCut: 10 })).toBe(
      'round trip + 300 ms, 1.6 Mbit/s each way, cut after 10 s without a byte',
    )
  })
})
