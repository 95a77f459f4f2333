import { expect, test } from 'vitest'
import { describe } from './peer.ts'

test('a candidate is read out, and a hidden address as such', () => {
  const line = (address: string) =>
    `candidate:1608642771 1 udp 2113937151 ${address} 36596 typ host generation 0`
  expect(describe({ candidate: line('192.0.2.1') })).toBe('host, udp, 192.0.2.1, port 36596')
  expect(describe({ candidate: line('92619ae9-e268.local') })).toBe('host, udp, hidden address, port 36596')
})
