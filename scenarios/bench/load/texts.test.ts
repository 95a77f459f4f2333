import { expect, test } from 'vitest'
import { randomFrom } from '../../plan.ts'
import type { Traffic } from '../../scenario.ts'
import { createTexts, prose } from './texts.ts'

const traffic = (payload: Traffic['payload']): Traffic => ({ rate: 1, arrivals: 'even', payload })

test('a text of n bytes has n bytes and n characters', () => {
  for (const bytes of [1, 99, 4_000]) {
    const text = createTexts(traffic(bytes), Math.random)()
    expect(Buffer.byteLength(text)).toBe(bytes)
    expect(text).toHaveLength(bytes)
  }
  expect(prose(500)).toBe(prose(1_000).slice(0, 500))
})

test('a conversation varies, and is the same for the same seed', () => {
  const say = (seed: number) => {
    const next = createTexts(traffic('conversation'), randomFrom(seed))
    return Array.from({ length: 50 }, next)
  }
  expect(say(1)).toEqual(say(1))
  expect(say(1)).not.toEqual(say(2))
  expect(new Set(say(1).map((text) => text.length)).size).toBeGreaterThan(10)
})
