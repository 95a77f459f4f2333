import { useSignal } from '@preact/signals'
import type { Report } from '../../scenarios/report.ts'
import { copy } from '../ui/files.ts'

/** Where it was measured: what has to be known before a figure is held against another machine's. */
export function Surroundings({ report: { environment } }: { report: Report }) {
  const { where, server, sameHost, tls, cores, cpu, cpuCount, memoryBytes, os } = environment
  const rows: [string, string][] = [
    [
      'Load made by',
      where === 'browser' ? 'a page in a browser' : 'a process of its own, from the command line',
    ],
    ['Server', server],
    ['Server and load', sameHost ? 'on one machine, with one clock' : 'on different machines'],
    ['Network', [networkOf(environment), tls ? 'TLS' : 'no TLS'].join(', ')],
    ['Cores', cores],
    ['Processor', `${cpu}, ${cpuCount} cores`],
    ['Memory', memoryBytes > 0 ? `${(memoryBytes / 2 ** 30).toFixed(1)} GiB` : 'not known'],
    ['System', os],
    ['Runtime', environment.runtime],
    ['Wireside', environment.wireside],
  ]
  return (
    <section class="card evidence" aria-labelledby="environment-title">
      <h2 id="environment-title">Where it was measured</h2>
      <dl class="facts">
        {rows.map(([term, fact]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
      {environment.notes.length > 0 && (
        <ul class="notes">
          {environment.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Where a link stood in between, what it made comes first. */
function networkOf({ network, loopback }: Report['environment']): string {
  if (network !== undefined) return `made by a link (${network})${loopback ? ' on loopback' : ''}`
  return loopback ? 'loopback: no distance' : 'a real network'
}

/** What to type, and a button that copies it. */
export function Command({ text }: { text: string }) {
  const copied = useSignal('')
  const act = async () => {
    copied.value = (await copy(text)) ? 'Copied' : 'Select it and copy'
    setTimeout(() => {
      copied.value = ''
    }, 2_000)
  }
  return (
    <p class="command">
      <code>{text}</code>
      <button type="button" onClick={act}>
        <span aria-live="polite">{copied.value || 'Copy'}</span>
      </button>
    </p>
  )
}
