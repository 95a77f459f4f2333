import { CLEAR, describeConditions, RECORDED, titleOf } from '../network/conditions.ts'
import { type Explanation, Term } from '../ui/explain.tsx'
import type { Experiment } from './experiment.ts'
import { SCISSORS } from './view.ts'

const explanation: Explanation = {
  title: 'Network',
  text: 'A proxy of this server passes the bytes on, on a port of its own, and bends what it passes: so every lane gets the same, and no transport knows of it. It keeps the latest bytes, to look at. Packets are never lost and connections do not start slowly, as they would on a real network.',
  formula:
    'half the round trip each way, plus jitter; bytes leave at the bandwidth; the first bytes of a new connection wait one round trip',
  origin: 'modelled',
  by: 'by the proxy; what the lanes take through it is then measured.',
}

/** Which network the lanes are on, what that means, and what can be done to it. */
export function NetworkCard({ experiment }: { experiment: Experiment }) {
  const { way, asking, trouble } = experiment.route
  const { network, conditions, port } = way.value
  const { projector } = experiment.settings.value
  return (
    <section class="network card" aria-labelledby="network-title" data-port={port} data-network={network}>
      <h2 id="network-title">
        <Term of={explanation}>Network</Term>: {titleOf(network)}
      </h2>
      <div class="faults">
        <button
          type="button"
          data-testid="cut-all"
          disabled={asking.value}
          title="Cut every lane; for 5 s nobody can connect (C)"
          onClick={() => experiment.disturb({ kind: 'cut', how: 'rst', seconds: 5 })}
        >
          {SCISSORS} Cut 5 s
        </button>
        <button
          type="button"
          data-testid="stall-all"
          disabled={asking.value}
          title="For 2 s nothing passes, then all of it does"
          onClick={() => experiment.disturb({ kind: 'stall', ms: 2_000 })}
        >
          Stall 2 s
        </button>
        <Restart experiment={experiment} />
        {port === undefined && !projector && (
          <button
            type="button"
            data-testid="record"
            disabled={asking.value}
            title="Go through a proxy that adds nothing and keeps the bytes"
            onClick={() => experiment.change({ network: RECORDED })}
          >
            Record
          </button>
        )}
      </div>
      {!projector && (
        <p class="about">
          {port === undefined
            ? 'The lanes talk to the server directly. To cut them, or to keep their bytes, they move to a clear link first.'
            : `Port ${port}: ${describeConditions(conditions)}. Made by a proxy of this server, on TCP: no packet loss, no slow start; a connection’s first round trip is modelled.`}
        </p>
      )}
      <div role="status">
        {asking.value && network === CLEAR && <p class="hint">Asking for a link …</p>}
        {trouble.value && (
          <p class="problem" data-testid="network-trouble">
            {trouble.value}
          </p>
        )}
      </div>
    </section>
  )
}

/** Ends the server and starts it again. Where this page may not, the button says why. */
function Restart({ experiment }: { experiment: Experiment }) {
  const state = experiment.restartable.value
  if (!state) return null
  const { allowed, why, keeps } = state
  const what = keeps
    ? 'The server ends in good order and starts again. Its entries are on disk and stay.'
    : 'The server ends in good order and starts again. Its entries are in memory: the log begins anew, and every lane hears of a gap.'
  return (
    <button
      type="button"
      data-testid="restart"
      // Not disabled: what cannot be reached by keyboard cannot say why.
      aria-disabled={!allowed || experiment.restarting.value}
      title={allowed ? what : why}
      onClick={() => experiment.restart()}
    >
      {experiment.restarting.value ? 'Restarting …' : 'Restart server'}
    </button>
  )
}
