import { parseArgs } from 'node:util'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { randomFrom, shuffled } from '../plan.ts'
import { defaults, type Scenario } from '../scenario.ts'
import { figureOf } from '../stats/figures.ts'
import { shareOut } from './cores.ts'
import { measure } from './measure.ts'
import { spread } from './rivals/outcome.ts'
import { startServer } from './servers.ts'

/**
 * `npm run bench:meter`: server CPU per delivery with the meter, divided by the same without it, for each transport.
 *
 * In each round four servers run at the same time on the same core, each in a fresh process under a load process of its
 * own: two with their meter and two without. Whatever the machine does meanwhile happens to all four, and the processor
 * time of a process does not depend on who else runs; one after the other, two equal servers would differ by a tenth.
 * A round gives one ratio, of what the two sides used a delivery, and two controls, of two servers that are the same:
 * how far those lie from 1 is what cannot be told.
 */
const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '20' },
    readers: { type: 'string', default: '200' },
    rate: { type: 'string' },
  },
})
const [rounds, seconds, readers] = [asked.rounds, asked.seconds, asked.readers].map(Number)
const unknown = positionals.find((name) => !(transportNames as readonly string[]).includes(name))
if (unknown !== undefined || !rounds || !seconds || !readers || Number.isNaN(Number(asked.rate ?? 1))) {
  console.error(
    `Type npm run bench:meter -- [${transportNames.join('|')} …] [--rounds 7] [--seconds 20] [--readers 200] [--rate N]`,
  )
  process.exit(2)
}

const cores = shareOut()
const random = randomFrom(1)
const signal = new AbortController().signal
const sides = ['metered', 'metered', 'unmetered', 'unmetered'] as const

/** Messages a second: four servers share a core, and a poll costs ten times what a push does. */
const rateOf = (transport: TransportName) => Number(asked.rate ?? (transport.endsWith('polling') ? 4 : 60))

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
    shuffled([0, 1, 2, 3], random).map(async (side) => {
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
for (const transport of positionals.length > 0 ? (positionals as TransportName[]) : transportNames) {
  const all: number[][] = []
  for (let number = 1; number <= rounds; number++) all.push(await round(transport, number))
  const of = (value: (a: number, b: number, c: number, d: number) => number[]) =>
    all.flatMap(([a = 0, b = 0, c = 0, d = 0]) => value(a, b, c, d))
  console.log(
    line([
      transport,
      String(rateOf(transport)),
      shown(
        of((a, b) => [a, b]),
        2,
      ),
      shown(
        of((_a, _b, c, d) => [c, d]),
        2,
      ),
      shown(
        of((a, b, c, d) => [Math.sqrt((a * b) / (c * d))]),
        3,
      ),
      shown(
        of((a, b, c, d) => [a / b, c / d]),
        3,
      ),
    ]),
  )
}
