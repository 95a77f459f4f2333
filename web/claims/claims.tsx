import './claims.css'
import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { claims } from '../../scenarios/claims/index.ts'
import {
  type Choices,
  chosen,
  everything,
  readChoices,
  standingOf,
  standings,
  writeChoices,
} from './choices.ts'
import { ClaimCard, standingSigns } from './claim-card.tsx'
import type { Results } from './results.ts'
import { createTesting } from './testing.ts'

const testing = createTesting()

/** Sentences that people repeat about transports, each to be put to the test in this page or on the command line. */
export function Claims() {
  const choices = useSignal(readChoices(location.hash, claims))
  const search = useRef<HTMLInputElement>(null)
  const shown = useComputed(() => chosen(claims, choices.value, testing.results.value))
  const change = (changes: Partial<Choices>) => {
    choices.value = { ...choices.peek(), ...changes }
  }
  useSignalEffect(() => {
    const hash = writeChoices(choices.value)
    if (hash !== location.hash) history.replaceState(null, '', hash || location.pathname)
  })
  useEffect(() => {
    const read = () => {
      choices.value = readChoices(location.hash, claims)
    }
    addEventListener('hashchange', read)
    const stop = listenToKeys(
      () => choices.peek(),
      change,
      () => search.current,
    )
    return () => {
      removeEventListener('hashchange', read)
      stop()
    }
  }, [])

  const { claim: alone, standing, text } = choices.value
  return (
    <div class="claims" data-alone={alone !== ''}>
      <div class={alone ? 'unseen' : 'claims-head'}>
        <h1>Claims</h1>
        <p>
          Sentences that people repeat about transports. Test one on this machine, with real traffic between
          this page and its server; the rule behind each verdict can come out either way.
        </p>
        <p role="status">{summary(testing.results.value)}</p>
      </div>
      {alone ? (
        <Steps alone={alone} change={change} />
      ) : (
        <search class="filter">
          <label>
            Verdict{' '}
            <select
              value={standing}
              onChange={({ currentTarget }) =>
                change({ standing: currentTarget.value as Choices['standing'] })
              }
            >
              <option value="">any</option>
              {standings.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          <label class="text">
            Text{' '}
            <input
              ref={search}
              type="search"
              value={text}
              placeholder="polling, overhead, memory… ( / )"
              onInput={({ currentTarget }) => change({ text: currentTarget.value })}
            />
          </label>
          <output>
            {shown.value.length} of {claims.length}
          </output>
        </search>
      )}
      {shown.value.length === 0 && (
        <p class="hint">
          No claim is like that.{' '}
          <button type="button" onClick={() => change(everything)}>
            Show all
          </button>
        </p>
      )}
      {shown.value.map((claim) => (
        <ClaimCard
          key={claim.id}
          claim={claim}
          testing={testing}
          alone={alone !== ''}
          onAlone={() => change({ ...everything, claim: claim.id })}
        />
      ))}
    </div>
  )
}

/** From one claim to the next, for whoever goes through them before a class. */
function Steps({ alone, change }: { alone: string; change(changes: Partial<Choices>): void }) {
  const at = claims.findIndex(({ id }) => id === alone)
  const to = (place: number) => claims[place]?.id
  const step = (id: string | undefined, words: string) => (
    <button type="button" disabled={id === undefined} onClick={() => change({ claim: id ?? '' })}>
      {words}
    </button>
  )
  return (
    <nav class="filter" aria-label="Claims">
      {step(to(at - 1), '← Before')}
      <span>
        {at + 1} of {claims.length}
      </span>
      {step(to(at + 1), 'Next →')}
      <button type="button" onClick={() => change({ claim: '' })}>
        All claims
      </button>
    </nav>
  )
}

function summary(results: Results): string {
  const tested = claims.filter(({ id }) => results[id])
  if (tested.length === 0) return `${claims.length} claims, none tested in this browser yet.`
  const counts = standings
    .map((standing) => ({
      standing,
      count: tested.filter(({ id }) => standingOf(id, results) === standing).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ standing, count }) => `${standingSigns[standing]} ${count} ${plural(standing, count)}`)
  return `${tested.length} of ${claims.length} tested in this browser: ${counts.join(', ')}.`
}

const plurals: Record<string, string> = {
  holds: 'hold',
  'does not hold': 'do not hold',
  depends: 'depend',
}
const plural = (standing: string, count: number) => (count === 1 ? standing : (plurals[standing] ?? standing))

/** `/` goes to the search; the arrows go from claim to claim, Escape back to all. */
function listenToKeys(
  choices: () => Choices,
  change: (changes: Partial<Choices>) => void,
  search: () => HTMLElement | null,
): () => void {
  const act = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return
    if (event.target.closest('input, select, textarea, dialog, [popover]')) return
    const { claim } = choices()
    const at = claims.findIndex(({ id }) => id === claim)
    const next = { ArrowLeft: claims[at - 1], ArrowRight: claims[at + 1] }[event.key]
    if (event.key === '/' && search()) search()?.focus()
    else if (event.key === 'Escape' && claim) change({ claim: '' })
    else if (claim && next) change({ claim: next.id })
    else return
    event.preventDefault()
  }
  addEventListener('keydown', act)
  return () => removeEventListener('keydown', act)
}
