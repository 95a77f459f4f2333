import { useSignal } from '@preact/signals'
import { copy } from '../ui/files.ts'
import type { Calls } from './calls.ts'
import { linkTo } from './place.ts'
import type { Me } from './tab-session.ts'

/** Who else has this page open, and the link that brings somebody. */
export function People({ calls, me }: { calls: Calls; me: Me }) {
  const copied = useSignal('')
  const { over, with: wanted } = calls.place.value
  const people = calls.people.value
  const call = calls.call.value
  const isTalking = call !== undefined && call.ended.value === undefined
  const link = linkTo(location.origin, { with: me.id, over })
  const isMissing = wanted !== undefined && wanted !== me.id && !people.some(({ id }) => id === wanted)
  return (
    <>
      <section aria-labelledby="people-title">
        <h2 id="people-title">On this page</h2>
        <ul class="people" data-testid="people">
          {people.map((person) => (
            <li key={person.id}>
              <bdi>{person.name}</bdi>
              {person.id === wanted && <small>of your link</small>}
              <button
                type="button"
                class={person.id === wanted ? 'primary' : undefined}
                aria-label={`Call ${person.name}`}
                disabled={isTalking}
                onClick={() => calls.ring(person)}
              >
                Call
              </button>
            </li>
          ))}
          {people.length === 0 && <li class="hint">Nobody else yet.</li>}
        </ul>
        {isMissing && (
          <p class="hint">
            Whoever gave you the link is not on this page now. They appear here when they are.
          </p>
        )}
      </section>
      <section class="link" aria-labelledby="link-title">
        <h2 id="link-title">Bring somebody</h2>
        <input
          readOnly
          aria-label="The link to you"
          data-testid="link"
          value={link}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <p class="row">
          <button
            type="button"
            onClick={async () => {
              copied.value = (await copy(link)) ? 'Copied.' : 'Select it and copy.'
            }}
          >
            Copy
          </button>
          {/* Without an opener a tab begins with a session storage of its own, and so as somebody of its own. */}
          <a href={link} target="_blank" rel="noopener">
            Open in a second tab
          </a>
        </p>
        <p role="status" class="hint">
          {copied.value}
        </p>
      </section>
    </>
  )
}
