import { useComputed } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Report } from '../../scenarios/report.ts'
import { casesOf, summarise, verdictOf } from '../../scenarios/stats/summary.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import type { Baseline } from './baseline.ts'
import { Bytes } from './bytes.tsx'
import { type Choices, choicesInAddress } from './choices.ts'
import { Downloads } from './downloads.tsx'
import { Command, Surroundings } from './environment.tsx'
import { formatTime } from './format.ts'
import { Percentiles } from './percentiles.tsx'
import { Strips } from './strips.tsx'
import { Sweep } from './sweep.tsx'
import { caseName } from './swept.ts'
import { SummaryTable } from './table.tsx'
import { validityOf } from './validity.ts'

/** A whole report, the same on the server's page and in the self-contained file. */
export function ReportView({ report }: { report: Report }) {
  const choices = useMemo(() => choicesInAddress(report), [report])
  const all = useMemo(() => summarise(report), [report])
  const change = (changes: Partial<Choices>) => {
    choices.value = { ...choices.peek(), ...changes }
  }
  const { case: label, baseline, figure } = choices.value
  const summaries = useComputed(() => all.filter((summary) => summary.case === choices.value.case)).value
  const { scenario } = report
  return (
    <>
      <header class="report-head">
        <p class="hint">
          Report · {formatTime(report.startedAt)} · seed {report.seed}
        </p>
        <h1>{scenario.title}</h1>
        <p class="question">{scenario.question}</p>
      </header>
      <Verdict report={report} />
      <Validity report={report} />
      <section class="card evidence" aria-labelledby="figures-title">
        <h2 id="figures-title">Figures</h2>
        <div class="chooser">
          <CaseSelect report={report} value={label} onChange={(label) => change({ case: label })} />
          <BaselineSelect
            transports={summaries.map(({ transport }) => transport)}
            value={baseline}
            onChange={(baseline) => change({ baseline })}
          />
        </div>
        <p class="hint">
          Measured. Each figure is the median over the valid runs; × is how many times the baseline’s. In
          brackets its 95 % interval, from 10 runs on; below that the lowest and the highest run. Labels
          answer “what is this?”.
        </p>
        <SummaryTable report={report} summaries={summaries} baseline={baseline} />
      </section>
      <section class="card" aria-label="Delivery time by percentile">
        <Percentiles report={report} label={label} summaries={summaries} />
      </section>
      <div class="two">
        <section class="card" aria-label="Run by run">
          <Strips
            report={report}
            label={label}
            summaries={summaries}
            figure={figure}
            onFigure={(figure) => change({ figure })}
          />
        </section>
        <section class="card" aria-label="Bytes a delivery">
          <Bytes report={report} label={label} summaries={summaries} />
        </section>
      </div>
      <Sweep report={report} summaries={all} />
      <Observations report={report} />
      <div class="two">
        <section class="card evidence" aria-labelledby="scenario-title">
          <h2 id="scenario-title">What was done</h2>
          <p>{scenario.about}</p>
          <Traffic report={report} />
        </section>
        <Surroundings report={report} />
      </div>
      <section class="card evidence" aria-labelledby="again-title">
        <h2 id="again-title">Run it again</h2>
        <Command text={report.command} />
        <Downloads report={report} />
      </section>
    </>
  )
}

function Verdict({ report }: { report: Report }) {
  const sentences = useMemo(() => verdictOf(report), [report])
  return (
    <section class="card evidence verdict" aria-labelledby="verdict-title">
      <h2 id="verdict-title">What the figures say</h2>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  )
}

function Validity({ report }: { report: Report }) {
  const { sound, sentences } = validityOf(report)
  return (
    <section class={sound ? 'sound' : 'banner'} aria-label="Validity">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </section>
  )
}

interface CaseSelectProps {
  report: Report
  value: string
  onChange(label: string): void
}

function CaseSelect({ report, value, onChange }: CaseSelectProps) {
  const labels = casesOf(report)
  if (labels.length < 2) return null
  return (
    <label>
      <span>Case</span>
      <select
        value={value}
        data-testid="case"
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {labels.map((label) => (
          <option key={label} value={label}>
            {caseName(label)}
          </option>
        ))}
      </select>
    </label>
  )
}

interface BaselineSelectProps {
  transports: readonly TransportName[]
  value: Baseline
  onChange(baseline: Baseline): void
}

function BaselineSelect({ transports, value, onChange }: BaselineSelectProps) {
  return (
    <label>
      <span>1.00 is</span>
      <select
        value={value}
        data-testid="baseline"
        onChange={({ currentTarget: { value } }) =>
          onChange(transportNames.find((name) => name === value) ?? 'best')
        }
      >
        <option value="best">the best of each column</option>
        {transports.map((name) => (
          <option key={name} value={name}>
            {looks[name].label}
          </option>
        ))}
      </select>
    </label>
  )
}

function Traffic({ report: { scenario, publishOver } }: { report: Report }) {
  const { traffic, readers, readersPublish, publishers } = scenario
  const { rate, arrivals, burst, payload } = traffic
  const rows: [string, string][] = [
    ['Readers', readers.toLocaleString('en')],
    ['Publishers', readersPublish ? 'the readers, in turn' : publishers.toLocaleString('en')],
    ['Published over', publishOver === 'same' ? 'the transport under test' : looks[publishOver].label],
    [
      'Messages',
      rate === 0
        ? 'none'
        : `${rate.toLocaleString('en')} a second, ${arrivals}${burst ? ` of ${burst}` : ''}`,
    ],
    [
      'Text',
      payload === 'conversation' ? 'lines as people write them' : `${payload.toLocaleString('en')} bytes`,
    ],
    ['Counted for', `${scenario.seconds} s after ${scenario.warmUp} s of warm-up, ${scenario.repeat} times`],
    ['Short polls', `every ${scenario.interval} s`],
    ['Long polls held', `${scenario.wait} s at most`],
    [
      'Requests',
      [
        scenario.headers === 'chrome' ? 'with Chrome’s headers' : 'with minimal headers',
        scenario.cookieBytes > 0 ? `a cookie of ${scenario.cookieBytes} bytes` : 'no cookie',
        scenario.keepAlive ? 'connections kept alive' : 'Connection: close',
      ].join(', '),
    ],
  ]
  return (
    <dl class="facts">
      {rows.map(([term, fact]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  )
}

function Observations({ report: { observations = [] } }: { report: Report }) {
  if (observations.length === 0) return null
  return (
    <section class="card evidence" aria-labelledby="seen-title">
      <h2 id="seen-title">Seen on the wire by hand</h2>
      <dl class="facts">
        {observations.map(({ id, what, value, unit }) => (
          <div key={id}>
            <dt>{what}</dt>
            <dd>
              {String(value)} {unit}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
