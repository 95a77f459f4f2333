import { faultInWords } from '../../network.ts'
import type { Report, Run } from '../../report.ts'
import { type FigureId, figureOf } from '../../stats/figures.ts'
import { casesOf, type Summary, summarise } from '../../stats/summary.ts'
import { verdictOf } from '../../stats/verdict.ts'
import { nameOf, withUnit, written } from '../../stats/words.ts'
import { type Column, layOut, wrap } from './layout.ts'

/** What the terminal shows of a figure, the more important the narrower. */
interface Shown {
  id: FigureId
  head: string
  /** The narrowest terminal, in columns, that has room for it. */
  from: number
}

const shown: readonly Shown[] = [
  { id: 'latency.p50', head: 'p50 ms', from: 0 },
  { id: 'latency.p95', head: 'p95 ms', from: 100 },
  { id: 'latency.p99', head: 'p99 ms', from: 0 },
  { id: 'bytes', head: 'bytes', from: 0 },
  { id: 'overhead', head: 'overhead', from: 100 },
  { id: 'requests', head: 'requests', from: 0 },
  { id: 'cpu', head: 'CPU µs', from: 0 },
  { id: 'memory', head: 'memory KiB', from: 110 },
  { id: 'recovery.p50', head: 'back p50', from: 0 },
  { id: 'recovery.max', head: 'back max', from: 100 },
  { id: 'lost', head: 'lost', from: 0 },
]

/**
 * A report for the terminal: the verdict, what is not valid, then for each case a line per transport with the medians of
 * its valid runs, and beneath it how far they spread. No line is wider than `columns`.
 */
export function tableOf(report: Report, columns: number): string {
  const { scenario, seed, environment } = report
  const width = Math.max(60, Math.min(columns, 120))
  const summaries = summarise(report)
  const tables = casesOf(report).flatMap((label) => {
    const of = summaries.filter((summary) => summary.case === label)
    return of.length > 0 ? ['', ...(label ? [label] : []), ...caseTable(of, width)] : []
  })
  return [
    ...wrap(`${scenario.title}: ${scenario.question}`, width),
    '',
    ...verdictOf(report).flatMap((sentence) => wrap(sentence, width, '  ')),
    ...tables,
    '',
    ...wrap(legendOf(summaries, width, report), width),
    ...networkOf(report).flatMap((line) => wrap(line, width, '  ')),
    ...invalidOf(report).flatMap((line) => wrap(line, width, '  ')),
    ...wrap(
      `${environment.cpu}, ${environment.cpuCount} cores, ${environment.os}, ${environment.runtime}; cores ${environment.cores}; ` +
        `server: ${environment.server}; headers: ${scenario.headers}; seed ${seed}.`,
      width,
    ),
    '',
  ].join('\n')
}

function caseTable(summaries: readonly Summary[], width: number): string[] {
  const visible = shown.filter(
    ({ id, from }) => width >= from && summaries.some(({ figures }) => figures[id] !== undefined),
  )
  const p50s = summaries.flatMap(({ figures }) => figures['latency.p50']?.median ?? [])
  const fastest = p50s.length > 0 ? Math.min(...p50s) : undefined
  const columns: Column[] = [
    { head: 'transport', side: 'left' },
    { head: 'runs', side: 'right' },
    ...visible.map(({ head }): Column => ({ head, side: 'right' })),
    ...(fastest === undefined ? [] : [{ head: '× fastest', side: 'right' } as const]),
  ]
  const spreads = width >= 100
  const rows = summaries.flatMap(({ transport, valid, figures }) => {
    const median = figures['latency.p50']?.median
    const times = fastest === undefined ? [] : [median === undefined ? '' : (median / fastest).toFixed(2)]
    const medians = visible.map(({ id }) => {
      const estimate = figures[id]
      return estimate ? written(estimate.median) : '–'
    })
    const lows = visible.map(({ id }) => spreadOf(figures[id]))
    const line = [nameOf[transport], String(valid), ...medians, ...times]
    return spreads && lows.some(Boolean) ? [line, ['', '', ...lows, ...times.map(() => '')]] : [line]
  })
  return layOut(columns, rows, width)
}

/** The 95 % interval of the median where there is one, else the least and the greatest of the points. */
function spreadOf(estimate: Summary['figures'][FigureId]): string {
  if (!estimate || estimate.points.length < 2) return ''
  const [low, high] = estimate.interval ?? [Math.min(...estimate.points), Math.max(...estimate.points)]
  if (low === high) return ''
  const range = `${written(low)}–${written(high)}`
  return estimate.interval ? `[${range}]` : range
}

function legendOf(
  summaries: readonly Summary[],
  width: number,
  { environment: { network } }: Report,
): string {
  const enough = summaries.some(({ figures }) => figures['latency.p50']?.interval)
  const spread = enough
    ? 'In brackets: 95 % interval of the median, from 10 valid runs on. '
    : 'Beneath: the least and the greatest of the runs, which are too few for an interval (10 are needed). '
  return (
    `Medians over valid runs. ${width >= 100 ? spread : ''}Latency counts from the instant a message was due. ` +
    'Bytes, overhead, requests and CPU are per delivery; × fastest compares p50. ' +
    (network === undefined
      ? 'All of it is measured.'
      : 'All of it is measured, on a network that is made; the handshake of a new connection is modelled.')
  )
}

/** What was done to the network, what went wrong on purpose, and who came back from it. */
function networkOf({ environment: { network }, scenario: { faults = [] }, runs }: Report) {
  const cut = runs.reduce((sum, { recovery }) => sum + (recovery?.cuts ?? 0), 0)
  const back = runs.reduce((sum, { recovery }) => sum + (recovery?.n ?? 0), 0)
  return [
    ...(network === undefined
      ? []
      : [`Network: ${network}; made by a link in a process of its own, whose CPU is not the server’s.`]),
    ...(faults.length === 0 ? [] : [`Faults: ${faults.map(faultInWords).join('; ')}.`]),
    ...refusedIn(runs),
    ...(cut === 0
      ? []
      : [
          `Readers were cut ${cut.toLocaleString('en-GB')} times, and back ${back.toLocaleString('en-GB')} times; ` +
            'back counts from the end of the fault, in ms.',
        ]),
  ]
}

function refusedIn(runs: readonly Run[]): string[] {
  const parts = [...new Set(runs.map(({ transport }) => transport))].flatMap((transport) => {
    const of = runs.filter((run) => run.transport === transport)
    const refused = of.reduce((sum, run) => sum + run.refused, 0)
    const scheduled = of.reduce((sum, run) => sum + run.scheduled, 0)
    return refused > 0 ? [`${nameOf[transport]} ${refused} of ${scheduled}`] : []
  })
  return parts.length > 0 ? [`Messages that nobody took, and that nobody is owed: ${parts.join(', ')}.`] : []
}

function invalidOf({ runs }: Report): string[] {
  return runs.flatMap(({ transport, case: label, repetition, invalid }) =>
    invalid === undefined
      ? []
      : [`Not valid: ${nameOf[transport]}${label && `, ${label}`}, repetition ${repetition}. ${invalid}`],
  )
}

/** A figure in words, with its unit: "14.2 ms". */
export const figureInWords = (id: FigureId, value: number): string => withUnit(value, figureOf(id).unit)
