import { shareOut } from './cores.ts'
import { count, script } from './script.ts'
import { startServer } from './servers.ts'
import { storm } from './storm.ts'

/**
 * `npm run bench:presence`: people with a session come, type and go at random over all five transports, drawn from a
 * seed. One guest a transport watches, and the table says how often each was told, and how long after the last change
 * each knew the truth: who is left, and that nobody types. That takes the 5 s for which typing is shown.
 */
const { people, seconds, seed } = script(
  'bench:presence',
  'People who come, type and go, and how soon all know the truth.',
)
  .addOption(count('people', 'people who come and go', 300))
  .addOption(count('seconds', 'seconds for which they do', 60))
  .addOption(count('seed', 'of who does what when', 1, 0))
  .parse()
  .opts<Record<'people' | 'seconds' | 'seed', number>>()

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
