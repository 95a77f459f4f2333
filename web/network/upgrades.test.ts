import { expect, it } from 'vitest'
import { createUpgradeWatch } from './upgrades.ts'

it('two failed handshakes, each with plain HTTP answered after it, are a refusal', () => {
  const watch = createUpgradeWatch()
  watch.handshakeFailed(10)
  watch.httpAnswered(20)
  expect(watch.refused).toBe(false)
  // One failure is told once, however often HTTP is answered.
  watch.httpAnswered(30)
  expect(watch.refused).toBe(false)
  watch.handshakeFailed(40)
  watch.httpAnswered(50)
  expect(watch.refused).toBe(true)
})

it('a cut is none: HTTP is not answered either', () => {
  const watch = createUpgradeWatch()
  for (let at = 0; at < 100; at += 10) watch.handshakeFailed(at)
  expect(watch.refused).toBe(false)
  // An answer to a request from before the failure proves nothing.
  watch.httpAnswered(85)
  watch.handshakeFailed(100)
  watch.httpAnswered(110)
  expect(watch.refused).toBe(false)
})

it('a handshake that succeeds ends the suspicion', () => {
  const watch = createUpgradeWatch()
  for (const at of [10, 30]) {
    watch.handshakeFailed(at)
    watch.httpAnswered(at + 10)
  }
  watch.clear()
  expect(watch.refused).toBe(false)
})
