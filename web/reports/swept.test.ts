import { expect, test } from 'vitest'
import { caseName } from './swept.ts'

test.each([
  ['rate=0.1', '0.1 messages a second'],
  ['readers=5000', '5,000 readers'],
  ['interval=0.5', 'poll interval 0.5 s'],
  ['keepAlive=false', 'keep-alive off'],
  ['keepAlive=true', 'keep-alive on'],
  ['', ''],
  ['unheard=of', 'unheard=of'],
])('%s reads %s', (label, name) => {
  expect(caseName(label)).toBe(name)
})
