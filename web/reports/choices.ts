import { effect, type Signal, signal } from '@preact/signals'
import type { Report } from '../../scenarios/report.ts'
import { type FigureId, figures } from '../../scenarios/stats/figures.ts'
import { casesOf } from '../../scenarios/stats/summary.ts'
import { transportNames } from '../../server/contract/transports.ts'
import type { Baseline } from './baseline.ts'

/** What a reader of a report has chosen to look at. It stands in the address, so that a view can be passed on. */
export interface Choices {
  /** A label of `casesOf`. */
  case: string
  baseline: Baseline
  /** Of which the repetitions are shown one by one. */
  figure: FigureId
}

/** Reads `#case=rate=10&baseline=sse`. What makes no sense for this report falls back quietly. */
export function readChoices(hash: string, report: Report): Choices {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const baselines: readonly Baseline[] = ['best', ...transportNames]
  const labels = casesOf(report)
  return {
    case: labels.find((label) => label === given.get('case')) ?? labels[0] ?? '',
    baseline: baselines.find((name) => name === given.get('baseline')) ?? 'best',
    figure: figures.find(({ id }) => id === given.get('figure'))?.id ?? firstFigure(report),
  }
}

/** Only what differs from what would be shown anyway. */
export function writeChoices(choices: Choices, report: Report): string {
  const usual = readChoices('', report)
  const special = (Object.keys(usual) as (keyof Choices)[]).filter((key) => choices[key] !== usual[key])
  const query = new URLSearchParams(special.map((key) => [key, choices[key]])).toString()
  return query && `#${query}`
}

/** The 99th percentile, or the median where there were too few deliveries for it. */
const firstFigure = ({ runs }: Report): FigureId =>
  runs.some(({ latency }) => latency.p99 !== undefined) ? 'latency.p99' : 'latency.p50'

/** The choices of this page, in step with its address. */
export function choicesInAddress(report: Report): Signal<Choices> {
  const choices = signal(readChoices(location.hash, report))
  effect(() => {
    const hash = writeChoices(choices.value, report)
    if (hash !== location.hash) history.replaceState(null, '', hash || location.href.replace(/#.*$/, ''))
  })
  addEventListener('hashchange', () => {
    choices.value = readChoices(location.hash, report)
  })
  return choices
}
