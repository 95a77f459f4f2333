import { useSignal } from '@preact/signals'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import type { Experiment } from './experiment.ts'
import type { Settings } from './hash.ts'
import type { Message } from './messages.ts'
import { sendsOn, Unsent } from './unsent.tsx'

export function Chat({ experiment }: { experiment: Experiment }) {
  const { settings, messages } = experiment
  const unsent = experiment.sender.unsent.value
  return (
    <section class="chat card" aria-labelledby="chat-title">
      <h2 id="chat-title">
        #{settings.value.room} <small>one feed</small>
      </h2>
      <Feed messages={messages.list.value} />
      {unsent && (
        <p class="problem">
          {unsent.count} of the sample messages could not be sent. The last time it was: {unsent.reason}
        </p>
      )}
      <Unsent drafts={experiment.drafts} over={({ lane }) => looks[lane.name].label} />
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

function Line({ message }: { message: Message }) {
  // Messages are replaced when they change, so one that is the same needs no look.
  return useMemo(() => {
    const { seq, name, text, lanes } = message
    return (
      <li data-seq={seq}>
        <bdi class="author">{name}</bdi>
        {lanes && <Arrived on={lanes} />}
        <bdi class="text">{text}</bdi>
      </li>
    )
  }, [message])
}

function Arrived({ on }: { on: readonly TransportName[] }) {
  return (
    <span class="arrived" role="img" aria-label={`arrived on ${on.length} of ${transportNames.length} lanes`}>
      {transportNames.map((lane) => (
        <Mark key={lane} of={lane} faint={!on.includes(lane)} />
      ))}
    </span>
  )
}

function Composer({ experiment }: { experiment: Experiment }) {
  const name = useSignal('')
  const text = useSignal('')
  const problem = useSignal<string | undefined>(undefined)

  async function send(): Promise<void> {
    const written = text.value
    if (written.trim() === '') return
    text.value = ''
    problem.value = await experiment.drafts.write(written, name.value.trim() || 'guest')
    // To be written otherwise, unless something else was begun meanwhile.
    if (problem.value !== undefined && text.value === '') text.value = written
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
          if (!sendsOn(event)) return
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
