import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Claim, ClaimFigure, Quoted } from '../../scenarios/claims/claim.ts'
import { nameOf, written } from '../../scenarios/stats/words.ts'
import type { ForBrowser } from '../experiments/for-browser.ts'
import { estimateSeconds } from '../experiments/run.ts'
import { hrefOf } from '../reports/address.ts'
import { formatTime } from '../reports/format.ts'
import { caseName } from '../reports/swept.ts'
import { Command } from '../ui/command.tsx'
import { download } from '../ui/files.ts'
import { Icon } from '../ui/icon.tsx'
import { type Standing, standingOf } from './choices.ts'
import type { Result } from './results.ts'
import { commandOf, type Running, type Testing, testable } from './testing.ts'

/** A sign beside the word, so that no verdict is told by colour. */
export const standingSigns: Readonly<Record<Standing, string>> = {
  'not yet tested here': '○',
  holds: '✓',
  'does not hold': '✕',
  depends: '≈',
  'not enough data': '?',
}

interface ClaimCardProps {
  claim: Claim
  testing: Testing
  /** Whether it is the only one on the page. */
  alone: boolean
  onAlone(): void
}

/** One claim: the sentence, how it stands here, the test, what was measured beside what others published. */
export function ClaimCard({ claim, testing, alone, onAlone }: ClaimCardProps) {
  const { id, sentence, said, nuance, quoted = [] } = claim
  const here = testable(claim)
  const result = testing.results.value[id]
  const running = testing.running.value
  const problem = testing.problem.value?.id === id ? testing.problem.value.message : undefined
  const mine = running?.id === id ? running : undefined
  return (
    <article class="claim card" data-claim={id} aria-labelledby={`claim-${id}`}>
      <header>
        <h2 class="claim-sentence" id={`claim-${id}`}>
          “{sentence}”
        </h2>
        <p class="said">
          Said in {said}.{' '}
          {!alone && (
            <button type="button" class="plain" onClick={onAlone} aria-label={`Show only “${sentence}”`}>
              Show alone
            </button>
          )}
        </p>
        <Chip standing={standingOf(id, testing.results.value)} />
      </header>

      {result && <p class="because">{result.verdict.because}</p>}
      {(result || quoted.length > 0) && <Figures figures={result?.verdict.figures ?? []} quoted={quoted} />}

      <div class="test" aria-live="polite">
        {mine ? (
          <Progressing running={mine} onCancel={testing.cancel} />
        ) : (
          <Offer
            id={id}
            here={here}
            again={result !== undefined}
            busy={running !== undefined}
            onTest={() => testing.start(claim)}
          />
        )}
        {problem && <p class="problem">It came to nothing: {problem}</p>}
      </div>

      {result && <Provenance result={result} testing={testing} id={id} />}
      <div class="more">
        <details>
          <summary>What the sentence forgets</summary>
          <p>{nuance}</p>
        </details>
        <details>
          <summary>What is run</summary>
          <p>{claim.scenario.about}</p>
          {'scenario' in here && (
            <>
              {here.changed.length > 0 && <p>Made smaller for the page: {here.changed.join('; ')}.</p>}
              <p>Each case is run once here. With all repetitions, and what a page cannot see:</p>
              <Command line={commandOf(id)} />
            </>
          )}
        </details>
      </div>
    </article>
  )
}

function Chip({ standing }: { standing: Standing }) {
  return (
    <p class="chip" data-standing={standing} data-testid="standing">
      <span aria-hidden="true">{standingSigns[standing]}</span> {standing}
    </p>
  )
}

/** What was measured here beside what others have published, each labelled as what it is. */
function Figures({ figures, quoted }: { figures: readonly ClaimFigure[]; quoted: readonly Quoted[] }) {
  return (
    <dl class="claim-figures">
      {figures.map(({ label, value, unit, origin }) => (
        <div key={label} data-origin={origin}>
          <dt>{withCaseName(label)}</dt>
          <dd>
            <b>
              {written(value)} {unit}
            </b>{' '}
            <small class="origin">{origin} here</small>
          </dd>
        </div>
      ))}
      {quoted.map(({ value, source }) => (
        <div key={value} data-origin="quoted">
          <dt>{source}</dt>
          <dd>
            {value} <small class="origin">quoted</small>
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface OfferProps {
  id: string
  here: ForBrowser
  again: boolean
  /** Whether another claim is being tested. */
  busy: boolean
  onTest(): void
}

function Offer({ id, here, again, busy, onTest }: OfferProps) {
  if ('reason' in here) {
    return (
      <div class="elsewhere">
        <p>Not in a page: {here.reason} On the command line:</p>
        <Command line={commandOf(id)} />
      </div>
    )
  }
  return (
    <>
      <button type="button" class={again ? '' : 'primary'} disabled={busy} onClick={onTest}>
        <Icon of="run" />
        {again ? 'Test again' : 'Test it here'}
      </button>
      <span class="hint">
        {busy
          ? 'One at a time: another claim is being tested.'
          : `About ${duration(estimateSeconds(here.scenario))}.`}
      </span>
    </>
  )
}

function Progressing({ running, onCancel }: { running: Running; onCancel(): void }) {
  const elapsed = useSignal(0)
  useEffect(() => {
    const timer = setInterval(() => {
      elapsed.value = (Date.now() - running.startedAt) / 1000
    }, 1_000)
    return () => clearInterval(timer)
  }, [running.startedAt])
  const { progress, seconds } = running
  const left = Math.max(1, seconds - elapsed.value)
  return (
    <>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
      <progress max={seconds} value={Math.min(elapsed.value, seconds)} aria-label="Progress of the test" />
      <span class="hint">
        {progress ? `Run ${progress.done + 1} of ${progress.of}: ${describe(progress)}.` : 'Getting ready.'}
        <span aria-hidden="true"> About {duration(left)} left; keep this tab in sight.</span>
      </span>
    </>
  )
}

function describe({ now, phase }: NonNullable<Running['progress']>): string {
  const label = now.case.label && `, ${caseName(now.case.label)}`
  return `${nameOf[now.transport]}${label}: ${phase}`
}

/** When and where it was tested, and the report behind it. */
function Provenance({ result, testing, id }: { result: Result; testing: Testing; id: string }) {
  const report = testing.reportOf(id)
  return (
    <p class="provenance">
      Tested here on {formatTime(new Date(result.at).toISOString())}, {result.machine}.{' '}
      {result.kept && <a href={hrefOf({ id: result.report, inBrowser: true })}>Open the report</a>}{' '}
      {report && (
        <button
          type="button"
          class="plain"
          onClick={() =>
            download(`${report.id}.json`, 'application/json', `${JSON.stringify(report, undefined, 2)}\n`)
          }
        >
          Download it
        </button>
      )}
    </p>
  )
}

/** A figure of one case of a sweep ends with the case's label. */
const withCaseName = (label: string) => label.replace(/, (\w+=\S+)$/, (_, of: string) => `, ${caseName(of)}`)

/** "40 s", "2 min". */
function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`
}
