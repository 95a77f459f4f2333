import { describe, expect, test } from 'vitest'
import { createLedger } from './ledger.ts'

describe('the ledger', () => {
  test('enters what a named client costs in its own tally and in the transport’s', () => {
    const ledger = createLedger()
    ledger.account('sse', 'ada').tally.requests++
    ledger.account('sse', 'bo').tally.requests++
    ledger.account('sse', undefined).tally.requests++
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
    const accounts = Array.from({ length: 8 }, (_, n) => ledger.account('sse', `client-${n}`))
    for (const { tally } of accounts) tally.requests++
    // Being asked about counts as use.
    ledger.read('client-0')
    ledger.account('sse', 'one-more').tally.requests++
    expect(ledger.read('client-0').sse.requests).toBe(1)
    expect(ledger.read('client-1').sse.requests).toBe(0)
    expect(ledger.read('one-more').sse.requests).toBe(1)
    expect(ledger.read().sse.requests).toBe(9)
    // A connection of the forgotten one goes on, and so does the transport's tally.
    const [, forgotten] = accounts
    if (forgotten) forgotten.tally.requests++
    expect(ledger.read('client-1').sse.requests).toBe(0)
    expect(ledger.read().sse.requests).toBe(10)
  })

  test('stays within its bound whatever strangers call themselves', () => {
    const ledger = createLedger(64)
    for (let n = 0; n < 10_000; n++) ledger.account('sse', `stranger-${n}`).tally.requests++
    const remembered = Array.from({ length: 10_000 }, (_, n) => ledger.read(`stranger-${n}`).sse.requests)
    expect(remembered.filter((requests) => requests > 0).length).toBeLessThanOrEqual(64)
    expect(ledger.read().sse.requests).toBe(10_000)
  })
})
