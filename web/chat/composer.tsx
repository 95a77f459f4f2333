import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Person } from '../../server/contract/people.ts'
import { sendsOn, Unsent } from '../dashboard/unsent.tsx'
import { looks } from '../ui/lanes.ts'
import type { Talk } from './talk.ts'

/** What was begun and not sent, by room: whoever looks into another room finds it again. */
const begun = new Map<string, string>()

export function Composer({ talk, me, roomName }: { talk: Talk; me: Person; roomName: string }) {
  const text = useSignal(begun.get(talk.room) ?? '')
  const problem = useSignal<string | undefined>(undefined)

  const write = (next: string) => {
    text.value = next
    begun.set(talk.room, next)
  }
  useEffect(() => {
    text.value = begun.get(talk.room) ?? ''
    problem.value = undefined
  }, [talk])

  async function send(): Promise<void> {
    const written = text.value
    if (written.trim() === '') return
    write('')
    problem.value = await talk.drafts.write(written, me.name)
    // To be written otherwise, unless something else was begun meanwhile.
    if (problem.value !== undefined && text.value === '') write(written)
  }

  return (
    <>
      <Unsent drafts={talk.drafts} over={({ over }) => looks[over].label} />
      <Typing talk={talk} me={me} />
      <form
        class="compose"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <textarea
          aria-label={`Message to ${roomName}`}
          aria-describedby="composer-keys"
          data-testid="message"
          placeholder={`Say something to ${roomName}`}
          rows={2}
          value={text.value}
          onInput={({ currentTarget }) => {
            write(currentTarget.value)
            if (text.value.trim() !== '') talk.typing()
          }}
          onKeyDown={(event) => {
            if (!sendsOn(event)) return
            event.preventDefault()
            send()
          }}
        />
        <button type="submit" class="primary" data-testid="send">
          Send
        </button>
        <p id="composer-keys" class="hint">
          Enter sends, Shift+Enter begins a line.
        </p>
      </form>
    </>
  )
}

/** Others who are writing now, as far as the transport tells. */
function Typing({ talk, me }: { talk: Talk; me: Person }) {
  const names = (talk.presence.value?.typing ?? []).filter(({ id }) => id !== me.id).map(({ name }) => name)
  return (
    <p class="typing hint" data-testid="typing">
      {names.length > 0 && `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} writing …`}
    </p>
  )
}
