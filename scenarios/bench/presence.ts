import { parseArgs } from 'node:util'
import { shareOut } from './cores.ts'
import { startServer } from './servers.ts'
import { storm } from './storm.ts'

/**
 * `npm run bench:presence`: people with a session come, type and go at random over all five transports, drawn from a
 * seed. One guest a transport watches, and the table says how often each was told, and how long after the last change
 * each knew the truth: who is left, and that nobody types. That takes the 5 s for which typing is shown.
 */
const { values: asked } = parseArgs({
  options: {
    people: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
})
const people = Number(asked.people)
const seconds = Number(asked.seconds)
const seed = Number(asked.seed)
if (!people || !seconds || Number.isNaN(seed)) {
  console.error('Type npm run bench:presence -- [--people 300] [--seconds 60] [--seed 1]')
  process.exit(2)
}

const server = await startServer({ cores: shareOut().server, signal: new AbortController().signal })
try {
  const watched = await storm({ url: server.url, people, seconds, seed })
  console.table(
    watched.map(({ name, updates, mostInASecond, convergedMs }) => ({
      transport: name,
      'updates/s': (updates / (seconds + (convergedMs ?? 0) / 1_000)).toFixed(2),
      'most in a second': mostInASecond,
      'truth after, ms': convergedMs === undefined ? 'never' : Math.round(convergedMs),
    })),
  )
  process.exitCode = watched.every(({ convergedMs }) => convergedMs !== undefined) ? 0 : 1
} finally {
  await server.stop()
}
