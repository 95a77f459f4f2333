import { describe, expect, test } from 'vitest'
import { createLedger } from './ledger.ts'

describe('the ledger', () => {
  test('enters what a named client costs in its own tally and in the transport’s', () => {
    const ledger = createLedger()
    for (const tally of ledger.account('sse', 'ada').tallies) tally.requests++
    for (const tally of ledger.account('sse', 'bo').tallies) tally.requests++
    for (const tally of ledger.account('sse', undefined).tallies) tally.requests++
    expect(ledger.read().sse.requests).toBe(3)
    expect(ledger.read('ada').sse.requests).toBe(1)
    expect(ledger.read('ada').websocket.requests).toBe(0)
  })

  test('hands out copies', () => {
    const ledger = createLedger()
    ledger.read().sse.requests = 9
    expect(ledger.read().sse.requests).toBe(0)
  })

  test('forgets the clients used least recently, and never a transport', () => {
    const ledger = createLedger(8)
    for (let n = 0; n < 8; n++)
      for (const tally of ledger.account('sse', `client-${n}`).tallies) tally.requests++
    // Being asked about counts as use.
    ledger.read('client-0')
    for (const tally of ledger.account('sse', 'one-more').tallies) tally.requests++
    expect(ledger.read('client-0').sse.requests).toBe(1)
    expect(ledger.read('client-1').sse.requests).toBe(0)
    expect(ledger.read('one-more').sse.requests).toBe(1)
    expect(ledger.read().sse.requests).toBe(9)
  })

  test('stays within its bound whatever strangers call themselves', () => {
    const ledger = createLedger(64)
    for (let n = 0; n < 10_000; n++)
      for (const tally of ledger.account('sse', `stranger-${n}`).tallies) tally.requests++
    const remembered = Array.from({ length: 10_000 }, (_, n) => ledger.read(`stranger-${n}`).sse.requests)
    expect(remembered.filter((requests) => requests > 0).length).toBeLessThanOrEqual(64)
    expect(ledger.read().sse.requests).toBe(10_000)
  })
})
