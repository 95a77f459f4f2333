import { Argument } from 'commander'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { defaults, type Scenario } from '../scenario.ts'
import { figureOf } from '../stats/figures.ts'
import { shareOut } from './cores.ts'
import { measure } from './measure.ts'
import { spread } from './rivals/outcome.ts'
import { count, script } from './script.ts'
import { startServer } from './servers.ts'

/**
 * `npm run bench:meter`: server CPU per delivery with the meter, divided by the same without it, for each transport.
 *
 * In each round four servers run at the same time on the same core, each in a fresh process under a load process of its
 * own: two with their meter and two without. Whatever the machine does meanwhile happens to all four, and the processor
 * time of a process does not depend on who else runs; one after the other, two equal servers would differ by a tenth.
 * A round gives one ratio, of what the two sides used a delivery, and two controls, of two servers that are the same:
 * how far those lie from 1 is what cannot be told. A number of rounds that four divides is fair to all places.
 */
const asked = script('bench:meter', 'What the meter costs, as a ratio of server CPU per delivery.')
  .addArgument(new Argument('[transports...]', 'only these').choices(transportNames))
  .addOption(count('rounds', 'rounds of four servers at once', 8))
  .addOption(count('seconds', 'seconds that count in each round', 20))
  .addOption(count('readers', 'readers on each server', 200))
  .addOption(
    count('rate', 'messages a second; usually 4 where it is polled, 60 where it is pushed', undefined, 0.1),
  )
  .parse()
const { rounds, seconds, readers, rate } = asked.opts<{
  rounds: number
  seconds: number
  readers: number
  rate?: number
}>()
const transports = asked.args.length > 0 ? (asked.args as TransportName[]) : transportNames

const cores = shareOut()
const signal = new AbortController().signal
const sides = ['metered', 'unmetered', 'metered', 'unmetered'] as const

/** Messages a second: four servers share a core, and a poll costs ten times what a push does. */
const rateOf = (transport: TransportName) => rate ?? (transport.endsWith('polling') ? 4 : 60)

const scenario = (transport: TransportName): Scenario => ({
  ...defaults,
  name: 'meter-cost',
  title: 'What the meter costs',
  question: 'What does the meter cost?',
  about: 'The same load on the server with its meter and without.',
  transports: [transport],
  readers,
  traffic: { rate: rateOf(transport), arrivals: 'even', payload: 60 },
  interval: 0.25,
  headers: 'minimal',
  // Compiling the code is work, too, and none that is done for each delivery.
  warmUp: 5,
  seconds,
})

/** Microseconds of CPU a delivery of each server, in the order of `sides`. */
async function round(transport: TransportName, number: number): Promise<number[]> {
  const costs: number[] = []
  await Promise.all(
    sides.map(async (_, place) => {
      // Which of them starts first counts, if little: so over four rounds each of them starts in each place.
      const side = (place + number) % sides.length
      const args = sides[side] === 'metered' ? [] : ['unmetered']
      const server = await startServer({ cores: cores.server, signal, args })
      try {
        const run = await measure({
          server,
          planned: {
            case: { label: '', scenario: scenario(transport) },
            transport,
            repetition: 1,
            seed: number,
          },
          order: 0,
          publishOver: 'same',
          oneClock: true,
          cores: cores.load,
          signal,
          onStep: () => {},
        })
        if (run.lost > 0) throw new Error(`${run.lost} deliveries were lost over ${transport}.`)
        costs[side] = figureOf('cpu').value(run) ?? Number.NaN
      } finally {
        await server.stop()
      }
    }),
  )
  return costs
}

function shown(values: number[], digits: number): string {
  const { median = Number.NaN, quartiles = [] } = spread(values) ?? {}
  return `${median.toFixed(digits)} (${quartiles.map((end) => end.toFixed(digits)).join('–')})`
}

console.log(
  `${readers} readers for ${seconds} s, ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of four servers at once; ${cores.said}.`,
)
console.log('Server CPU a delivery; medians, quartiles in brackets.\n')
const columns = ['transport', 'per s', 'with, µs', 'without, µs', 'ratio', 'control']
const line = (cells: string[]) => cells.map((cell, n) => cell.padEnd([15, 7, 22, 22, 22, 0][n] ?? 0)).join('')
console.log(line(columns))
for (const transport of transports) {
  const all: number[][] = []
  for (let number = 1; number <= rounds; number++) all.push(await round(transport, number))
  const of = (value: (a: number, b: number, c: number, d: number) => number[]) =>
    all.flatMap(([a = 0, b = 0, c = 0, d = 0]) => value(a, b, c, d))
  console.log(
    line([
      transport,
      String(rateOf(transport)),
      shown(
        of((a, _b, c) => [a, c]),
        2,
      ),
      shown(
        of((_a, b, _c, d) => [b, d]),
        2,
      ),
      shown(
        of((a, b, c, d) => [Math.sqrt((a * c) / (b * d))]),
        3,
      ),
      shown(
        of((a, b, c, d) => [a / c, b / d]),
        3,
      ),
    ]),
  )
}
