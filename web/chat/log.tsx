import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Person } from '../../server/contract/people.ts'
import type { Chat } from './chat.ts'
import { type Block, blocksOf } from './lines.ts'
import { PersonName } from './people.tsx'
import type { Talk } from './talk.ts'

const NEAR = 48

/** What was said. It keeps to its end while one is there, and else to what one looks at. */
export function Log({ chat, talk, me }: { chat: Chat; talk: Talk; me: Person }) {
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const anchor = useRef<{ seq: number; top: number } | undefined>(undefined)
  const entries = talk.entries.value
  const sending = talk.sending.value
  const readingBack = talk.readingBack.value
  const first = entries[0]?.seq

  const topOf = (seq: number) =>
    scroller.current?.querySelector<HTMLElement>(`[data-seq="${seq}"]`)?.offsetTop

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const { seq, top } = anchor.current ?? {}
    const moved = seq === undefined ? undefined : topOf(seq)
    if (atEnd.current) box.scrollTop = box.scrollHeight
    else if (moved !== undefined && top !== undefined) box.scrollTop += moved - top
    anchor.current = first === undefined ? undefined : { seq: first, top: topOf(first) ?? 0 }
    if (atEnd.current) talk.trim()
  }, [entries, sending, readingBack])

  useEffect(() => {
    const box = scroller.current
    if (!box) return
    // A phone's keyboard takes half of it.
    const observer = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight
    })
    observer.observe(box)
    return () => observer.disconnect()
  }, [])

  const look = () => {
    if (!scroller.current) return
    const { scrollTop, clientHeight, scrollHeight } = scroller.current
    atEnd.current = scrollTop + clientHeight > scrollHeight - NEAR
    if (scrollTop < NEAR && !atEnd.current) void talk.readBack()
  }

  return (
    <div
      ref={scroller}
      class="log"
      data-testid="log"
      role="log"
      aria-label={`Messages in ${chat.room.value.name}`}
      aria-live="polite"
      aria-busy={readingBack}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={look}
    >
      <p class="beginning">
        {talk.more.value ? (
          <button type="button" aria-disabled={readingBack} onClick={() => talk.readBack()}>
            {readingBack ? 'Reading back …' : 'Earlier messages'}
          </button>
        ) : (
          entries.length > 0 && <span class="hint">This is as far back as anything is kept.</span>
        )}
        {entries.length === 0 && talk.status.value.state === 'open' && (
          <span class="hint">Nobody has said anything yet.</span>
        )}
      </p>
      <ol>
        {blocksOf(entries, me.id).map((block) => (
          <BlockView key={block.key} block={block} chat={chat} me={me} />
        ))}
      </ol>
      {sending.length > 0 && (
        <ol class="sending" aria-live="off" aria-label="On their way" data-testid="sending">
          {sending.map(({ id, text }) => (
            <li key={id} class="message">
              {text}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

function BlockView({ block, chat, me }: { block: Block; chat: Chat; me: Person }) {
  if (block.kind === 'day') return <li class="day">{dayOf(block.at)}</li>
  if (block.kind === 'notice')
    return (
      <li class="notice" data-seq={block.entry.seq}>
        <bdi>{block.entry.text}</bdi> <Time at={block.entry.at} />
      </li>
    )
  const { from, own, entries } = block
  return (
    <li class="group" data-own={own}>
      <p class="author">
        <PersonName chat={chat} me={me} person={from} />
        {from.id === undefined && <small>guest</small>} <Time at={entries[0]?.at ?? 0} />
      </p>
      {entries.map(({ seq, text, at }) => (
        <p key={seq} class="message" data-seq={seq} dir="auto" title={timeOf(at)}>
          {text}
        </p>
      ))}
    </li>
  )
}

const Time = ({ at }: { at: number }) => <time dateTime={new Date(at).toISOString()}>{timeOf(at)}</time>

/** A format is costly to make, and a log has a thousand times in it. */
const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' })
const calendar = new Intl.DateTimeFormat([], { weekday: 'long', day: 'numeric', month: 'long' })
const timeOf = (at: number) => clock.format(at)
const dayOf = (at: number) => calendar.format(at)
