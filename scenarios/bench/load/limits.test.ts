import { expect, test } from 'vitest'
import { defaults, type Scenario } from '../../scenario.ts'
import { tooManyFor } from './limits.ts'
import type { Plan } from './protocol.ts'

const plan = (change: Partial<Scenario>): Plan => ({
  url: 'http://127.0.0.1:3000',
  room: 'bench',
  transport: 'sse',
  publishOver: 'sse',
  seed: 1,
  scenario: {
    ...defaults,
    name: 'many',
    title: 'Many',
    question: 'How many?',
    about: 'Many.',
    traffic: { rate: 1, arrivals: 'even', payload: 100 },
    ...change,
  },
})

test('says what to type where the limit is too low, and nothing where it is not', () => {
  expect(tooManyFor(plan({ readers: 500 }), 1_024)).toBeUndefined()
  expect(tooManyFor(plan({ readers: 900 }), 1_024)).toContain('ulimit -n 2048')
  // Who publishes by POST has a second connection for it.
  expect(tooManyFor(plan({ readers: 500, publishers: 0, readersPublish: true }), 1_024)).toContain(
    'ulimit -n',
  )
  expect(tooManyFor(plan({ readers: 10 }))).toBeUndefined()
})
