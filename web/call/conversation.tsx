import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { sendsOn } from '../dashboard/unsent.tsx'
import type { Call } from './call.ts'
import type { Peer } from './peer.ts'

/** What is said over the channel, and a place to write. */
export function Conversation({ call, peer }: { call: Call; peer: Peer | undefined }) {
  const box = useRef<HTMLDivElement>(null)
  const messages = call.messages.value
  const isOpen = ['open', 'unsure'].includes(peer?.status.value.state ?? '')
  useLayoutEffect(() => {
    box.current?.scrollTo(0, box.current.scrollHeight)
  }, [messages])
  return (
    <>
      <div
        ref={box}
        class="said"
        role="log"
        aria-label={`Messages with ${call.other.name}`}
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        data-testid="log"
      >
        {messages.map(({ key, isOwn, text, isAlone }) => (
          <p key={key} class="message" data-own={isOwn} data-alone={isAlone}>
            <span class="unseen">{isOwn ? 'You: ' : `${call.other.name}: `}</span>
            <span class="text">{text}</span>
            {isAlone && <small>without the server</small>}
          </p>
        ))}
        {messages.length === 0 && (
          <p class="hint">
            {isOpen
              ? 'The channel is open. Say something.'
              : 'Messages will stand here once the channel is open.'}
          </p>
        )}
      </div>
      {call.nonsense.value > 0 && (
        <p class="problem" role="status">
          {call.nonsense.value} {call.nonsense.value === 1 ? 'message' : 'messages'} came that this page does
          not understand, and left out.
        </p>
      )}
      <Composer call={call} isOpen={isOpen} />
    </>
  )
}

function Composer({ call, isOpen }: { call: Call; isOpen: boolean }) {
  const text = useSignal('')
  const problem = useSignal<string | undefined>(undefined)
  function send() {
    if (text.value.trim() === '') return
    problem.value = call.say(text.value)
    if (problem.value === undefined) text.value = ''
  }
  return (
    <form
      class="compose"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {problem.value !== undefined && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <textarea
        aria-label={`Message to ${call.other.name}`}
        data-testid="message"
        rows={2}
        disabled={!isOpen}
        placeholder={isOpen ? 'Enter sends, Shift+Enter begins a line' : ''}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value
          problem.value = undefined
        }}
        onKeyDown={(event) => {
          if (!sendsOn(event)) return
          event.preventDefault()
          send()
        }}
      />
      <button type="submit" class="primary" data-testid="send" disabled={!isOpen}>
        Send
      </button>
    </form>
  )
}
