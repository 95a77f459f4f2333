import './reports.css'
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Report } from '../../scenarios/report.ts'
import { type Comparison, compareReports } from '../../scenarios/stats/compare.ts'
import { figureOf } from '../../scenarios/stats/figures.ts'
import { Term } from '../ui/explain.tsx'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { fromParam, hrefOf, load } from './address.ts'
import { isBetter, isDifference, sentencesOf } from './differences.ts'
import { explain } from './explanations.ts'
import { formatTime, formatWithUnit } from './format.ts'
import { caseName } from './swept.ts'

/** `/compare?a=&b=`: whether two reports differ, and in what. */
export function Compare() {
  const query = new URLSearchParams(location.search)
  const [a, b] = [query.get('a'), query.get('b')]
  const reports = useSignal<readonly [Report, Report] | undefined>(undefined)
  const problem = useSignal(a && b ? '' : 'Choose two reports to compare.')
  useEffect(() => {
    if (!a || !b) return
    Promise.all([load(fromParam(a)), load(fromParam(b))]).then(
      (found) => {
        reports.value = found
      },
      (error) => {
        problem.value = error instanceof Error ? error.message : String(error)
      },
    )
  }, [])
  return (
    <>
      <h1>Compare two reports</h1>
      <div role="alert">{problem.value && <p class="banner">{problem.value}</p>}</div>
      {problem.value && (
        <p>
          <a href="/reports">All reports</a>
        </p>
      )}
      {reports.value && a && b && <Comparing a={reports.value[0]} b={reports.value[1]} params={[a, b]} />}
    </>
  )
}

function Comparing({ a, b, params }: { a: Report; b: Report; params: [string, string] }) {
  const { comparisons, warnings } = useMemo(() => compareReports(a, b), [a, b])
  const onlyDifferences = useSignal(false)
  const shown = onlyDifferences.value ? comparisons.filter(isDifference) : comparisons
  const [before, after] = params
  return (
    <>
      <section class="card evidence verdict" aria-labelledby="verdict-title">
        <h2 id="verdict-title">What the comparison says</h2>
        <ul>
          {sentencesOf(comparisons).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </section>
      <div class="pair card evidence">
        <dl>
          <Side term="Before" report={a} param={before} />
          <Side term="After" report={b} param={after} />
        </dl>
        <a href={`/compare?${new URLSearchParams({ a: after, b: before })}`}>The other way round</a>
      </div>
      {warnings.length > 0 && (
        <section class="banner" aria-label="To know first">
          {warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </section>
      )}
      {comparisons.length > 0 && (
        <section class="card evidence" aria-labelledby="table-title">
          <div class="list-head">
            <h2 id="table-title">Figure by figure</h2>
            <label class="check">
              <input
                type="checkbox"
                checked={onlyDifferences.value}
                onChange={({ currentTarget }) => {
                  onlyDifferences.value = currentTarget.checked
                }}
              />
              Only what differs
            </label>
          </div>
          <p class="hint">
            Measured. The ratio is after ÷ before with its 95 % interval. p is corrected for the number of
            comparisons (Holm). A difference is told when p is below 0.05 and the interval lies wholly beyond
            3 %.
          </p>
          {shown.length === 0 ? <p>Nothing differs detectably.</p> : <Table report={a} comparisons={shown} />}
        </section>
      )}
    </>
  )
}

function Side({ term, report, param }: { term: string; report: Report; param: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <a href={hrefOf(fromParam(param))}>{report.scenario.title}</a>
        <small>
          {formatTime(report.startedAt)} · {report.runs.length} runs · {report.id}
        </small>
      </dd>
    </div>
  )
}

function Table({ report, comparisons }: { report: Report; comparisons: readonly Comparison[] }) {
  const swept = comparisons.some(({ case: label }) => label !== '')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-labelledby="table-title">
      <table class="comparisons">
        <thead>
          <tr>
            {swept && <th scope="col">case</th>}
            <th scope="col">transport</th>
            <th scope="col" class="start">
              figure
            </th>
            <th scope="col">before</th>
            <th scope="col">after</th>
            <th scope="col">ratio</th>
            <th scope="col">95 % interval</th>
            <th scope="col">p, corrected</th>
            <th scope="col" class="said">
              verdict
            </th>
          </tr>
        </thead>
        <tbody>
          {comparisons.map((each) => {
            const figure = figureOf(each.figure)
            return (
              <tr key={`${each.case} ${each.transport} ${each.figure}`} data-differs={isDifference(each)}>
                {swept && <th scope="row">{caseName(each.case)}</th>}
                <th scope="row">
                  <Mark of={each.transport} />
                  {looks[each.transport].label}
                </th>
                <td class="start">
                  <Term of={explain(figure, report)}>{figure.label}</Term>
                </td>
                <td>{formatWithUnit(each.before.median, figure.unit)}</td>
                <td>{formatWithUnit(each.after.median, figure.unit)}</td>
                <td>× {each.ratio.toFixed(3)}</td>
                <td>
                  {each.interval ? `${each.interval[0].toFixed(3)} – ${each.interval[1].toFixed(3)}` : '–'}
                </td>
                <td>{each.pHolm < 0.001 ? '< 0.001' : each.pHolm.toFixed(3)}</td>
                <td class="said" data-better={isBetter(each)}>
                  {each.verdict}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
