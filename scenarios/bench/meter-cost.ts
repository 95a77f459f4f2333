import { parseArgs } from 'node:util'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { randomFrom, shuffled } from '../plan.ts'
import { defaults, type Scenario } from '../scenario.ts'
import { figureOf } from '../stats/figures.ts'
import { shareOut } from './cores.ts'
import { measure } from './measure.ts'
import { type Spread, spread } from './rivals/outcome.ts'
import { startServer } from './servers.ts'

/**
 * `npm run bench:meter`: server CPU per delivery with the meter, divided by the same without it, for each transport.
 *
 * In each round three servers are measured in turn, in an order that the seed shuffles, each in a fresh process under a
 * fresh load: one with its meter and two without. A round gives two ratios: what the meter costs, and, of the two that
 * are the same, the control. The median of the rounds is the result and the quartiles say how far to trust it; how far
 * the control lies from 1 is what this machine cannot tell.
 */
const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '5' },
    readers: { type: 'string', default: '200' },
    rate: { type: 'string', default: '200' },
  },
})
const [rounds, seconds, readers, rate] = [asked.rounds, asked.seconds, asked.readers, asked.rate].map(Number)
const unknown = positionals.find((name) => !(transportNames as readonly string[]).includes(name))
if (unknown !== undefined || !rounds || !seconds || !readers || !rate) {
  console.error(
    `Type npm run bench:meter -- [${transportNames.join('|')} …] [--rounds 9] [--seconds 5] [--readers 200] [--rate 200]`,
  )
  process.exit(2)
}

const cores = shareOut()
const random = randomFrom(1)
const signal = new AbortController().signal
const sides = ['metered', 'unmetered', 'control'] as const
type Side = (typeof sides)[number]

const scenario = (transport: TransportName): Scenario => ({
  ...defaults,
  name: 'meter-cost',
  title: 'What the meter costs',
  question: 'What does the meter cost?',
  about: 'The same load on the server with its meter and without.',
  transports: [transport],
  readers,
  traffic: { rate, arrivals: 'even', payload: 60 },
  interval: 0.25,
  headers: 'minimal',
  seconds,
})

/** Microseconds of server CPU a delivery. */
async function cost(transport: TransportName, side: Side, round: number): Promise<number> {
  const args = side === 'metered' ? [] : ['unmetered']
  const server = await startServer({ cores: cores.server, signal, args })
  try {
    const run = await measure({
      server,
      planned: { case: { label: '', scenario: scenario(transport) }, transport, repetition: 1, seed: round },
      order: 0,
      publishOver: 'same',
      oneClock: true,
      cores: cores.load,
      signal,
      onStep: () => {},
    })
    if (run.lost > 0) throw new Error(`${run.lost} deliveries were lost over ${transport}, ${side}.`)
    return figureOf('cpu').value(run) ?? Number.NaN
  } finally {
    await server.stop()
  }
}

const shown = (spread: Spread | undefined, digits: number) =>
  spread
    ? `${spread.median.toFixed(digits)} (${spread.quartiles.map((end) => end.toFixed(digits)).join('–')})`
    : ''

console.log(`${readers} readers × ${rate}/s for ${seconds} s, ${rounds} rounds; ${cores.said}.`)
console.log('Server CPU a delivery; medians, quartiles in brackets.\n')
console.log(
  `${'transport'.padEnd(15)}${'with, µs'.padEnd(22)}${'without, µs'.padEnd(22)}${'ratio'.padEnd(22)}control`,
)
for (const transport of positionals.length > 0 ? (positionals as TransportName[]) : transportNames) {
  const all: Record<Side, number>[] = []
  for (let round = 1; round <= rounds; round++) {
    const costs = {} as Record<Side, number>
    for (const side of shuffled(sides, random)) costs[side] = await cost(transport, side, round)
    all.push(costs)
  }
  const of = (value: (costs: Record<Side, number>) => number) => spread(all.map(value))
  console.log(
    [
      transport.padEnd(15),
      shown(
        of(({ metered }) => metered),
        2,
      ).padEnd(22),
      shown(
        of(({ unmetered }) => unmetered),
        2,
      ).padEnd(22),
      shown(
        of(({ metered, unmetered }) => metered / unmetered),
        3,
      ).padEnd(22),
      shown(
        of(({ control, unmetered }) => control / unmetered),
        3,
      ),
    ].join(''),
  )
}
