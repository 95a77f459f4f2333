import './unsent.css'
import type { Draft } from '../../server/contract/wire.ts'
import type { Drafts } from './drafts.ts'

interface UnsentProps<One extends { draft: Draft }> {
  drafts: Drafts<One>
  /** The way it was to go, as people call it. */
  over(attempt: One): string
}

/** What its author may send again. It goes under the same id, so it cannot appear twice. */
export function Unsent<One extends { draft: Draft }>({ drafts, over }: UnsentProps<One>) {
  const unsent = drafts.unsent.value
  if (unsent.length === 0) return null
  return (
    <ul class="unsent" aria-label="Not sent" data-testid="unsent">
      {unsent.map((each) => {
        const { attempt, reason, sending } = each
        return (
          <li key={attempt.draft.id}>
            <bdi class="text">{attempt.draft.text}</bdi>
            <p class="problem" role="alert">
              Not sent over {over(attempt)}. {reason}
            </p>
            <button
              type="button"
              aria-disabled={sending}
              title="The same message under the same id: should it have got through, it does not appear twice"
              onClick={() => drafts.sendAgain(each)}
            >
              {sending ? 'Sending …' : 'Send again'}
            </button>
            <button type="button" onClick={() => drafts.discard(each)}>
              Discard
            </button>
          </li>
        )
      })}
    </ul>
  )
}

/** Enter sends, and with Shift begins a line. It also ends the composition of, say, a Japanese word: that is no end yet. */
export const sendsOn = ({ key, shiftKey, isComposing }: KeyboardEvent): boolean =>
  key === 'Enter' && !shiftKey && !isComposing
