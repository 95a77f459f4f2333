import { useSignal } from '@preact/signals'
import { memo } from 'preact/compat'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { transportNames } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { type Attempt, type Experiment, reasonOf } from './experiment.ts'
import type { Settings } from './hash.ts'
import type { Message } from './messages.ts'

export function Chat({ experiment }: { experiment: Experiment }) {
  const { settings, messages, unsent } = experiment
  return (
    <section class="chat card" aria-labelledby="chat-title">
      <h2 id="chat-title">
        #{settings.value.room} <small>one feed</small>
      </h2>
      <Feed messages={messages.list.value} />
      {unsent.value && (
        <p class="problem">
          {unsent.value.count} not sent. {unsent.value.reason}
        </p>
      )}
      <Composer experiment={experiment} />
    </section>
  )
}

function Feed({ messages }: { messages: readonly Message[] }) {
  const list = useRef<HTMLOListElement>(null)
  const atEnd = useRef(true)
  useLayoutEffect(() => {
    if (list.current && atEnd.current) list.current.scrollTop = list.current.scrollHeight
  }, [messages])
  const note = () => {
    if (!list.current) return
    const { scrollTop, clientHeight, scrollHeight } = list.current
    atEnd.current = scrollTop + clientHeight > scrollHeight - 24
  }
  return (
    <ol
      ref={list}
      class="feed"
      data-testid="feed"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Messages, newest last. The marks show on which lanes each has arrived."
      onScroll={note}
    >
      {messages.length === 0 && <li class="hint">Nobody has said anything yet.</li>}
      {messages.map((message) => (
        <Line key={message.seq} message={message} />
      ))}
    </ol>
  )
}

/** Messages are replaced when they change, so one that is the same needs no look. */
const Line = memo(({ message: { seq, name, text, lanes } }: { message: Message }) => (
  <li data-seq={seq}>
    <bdi class="author">{name}</bdi>
    {lanes && (
      <span
        class="arrived"
        role="img"
        aria-label={`arrived on ${lanes.length} of ${transportNames.length} lanes`}
      >
        {transportNames.map((lane) => (
          <Mark key={lane} of={lane} faint={!lanes.includes(lane)} />
        ))}
      </span>
    )}
    <bdi class="text">{text}</bdi>
  </li>
))

function Composer({ experiment }: { experiment: Experiment }) {
  const name = useSignal('')
  const text = useSignal('')
  const problem = useSignal<string | undefined>(undefined)
  const failed = useRef<Attempt>(undefined)

  async function send(): Promise<void> {
    const written = text.value
    if (written.trim() === '') return
    const author = name.value.trim() || 'guest'
    // The same words again are the same attempt: should the first one have got through, nothing appears twice.
    const attempt =
      failed.current?.draft.text === written ? failed.current : experiment.attempt(written, author)
    text.value = ''
    problem.value = undefined
    try {
      await experiment.publish(attempt)
      failed.current = undefined
    } catch (error) {
      failed.current = attempt
      problem.value = reasonOf(error)
      if (text.value === '') text.value = written
    }
  }

  return (
    <form
      class="composer"
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
        aria-label="Message"
        data-testid="message"
        placeholder="Say something to all five lanes"
        rows={2}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value
        }}
        onKeyDown={(event) => {
          // Enter also ends the composition of, say, a Japanese word; that is not yet the end of the message.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <input
        aria-label="Your name"
        data-testid="name"
        placeholder="Your name"
        maxLength={40}
        autocomplete="nickname"
        value={name.value}
        onInput={({ currentTarget }) => {
          name.value = currentTarget.value
        }}
      />
      <button type="submit" class="primary" data-testid="send">
        Send
      </button>
      <SendOver experiment={experiment} />
    </form>
  )
}

/** Which lane carries what this page says, typed or sample. */
function SendOver({ experiment }: { experiment: Experiment }) {
  return (
    <label class="over">
      <span>Send over</span>
      <select
        aria-label="Send over"
        data-testid="over"
        value={experiment.settings.value.over}
        onChange={({ currentTarget }) => experiment.change({ over: currentTarget.value as Settings['over'] })}
      >
        <option value="each">each in turn</option>
        {transportNames.map((name) => (
          <option key={name} value={name}>
            {looks[name].label}
          </option>
        ))}
      </select>
    </label>
  )
}
