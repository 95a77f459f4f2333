import { useEffect, useRef, useState } from 'preact/hooks'
import { formatBytes } from '../dashboard/figures.ts'
import { kinds } from './message.ts'
import type { Row } from './rows.ts'

/** More rows than this are laid out only when somebody asks for them. */
const PAGE = 500

interface MessageListProps {
  rows: readonly Row[]
  /** The instant that times are told from, in ms since 1970. */
  since: number
  selected: number | undefined
  onSelect(index: number): void
  /** Enter: on to the bytes. */
  onEnter(): void
}

/** One line per message. One stop for Tab; arrow keys go through it. */
export function MessageList({ rows, since, selected, onSelect, onEnter }: MessageListProps) {
  const list = useRef<HTMLDivElement>(null)
  const [limit, setLimit] = useState(PAGE)
  const place = rows.findIndex(({ index }) => index === selected)
  // What is chosen from elsewhere may stand far down.
  const shown = rows.slice(0, Math.max(limit, place + 1))
  const manyConnections = new Set(rows.map(({ connection }) => connection)).size > 1

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [selected])

  function act(event: KeyboardEvent) {
    const to = {
      ArrowDown: Math.min(place + 1, rows.length - 1),
      ArrowUp: Math.max(place - 1, 0),
      Home: 0,
      End: shown.length - 1,
    }[event.key]
    const row = to === undefined ? undefined : rows[to]
    if (row) onSelect(row.index)
    else if (event.key === 'Enter' && place >= 0) onEnter()
    else return
    event.preventDefault()
  }

  return (
    <div class="card message-list">
      <div
        ref={list}
        class="messages"
        role="listbox"
        aria-label="Messages"
        tabIndex={0}
        aria-activedescendant={place < 0 ? undefined : `message-${selected}`}
        onKeyDown={act}
      >
        {shown.map((row) => (
          <Line
            key={row.index}
            row={row}
            since={since}
            isSelected={row.index === selected}
            onSelect={onSelect}
            withConnection={manyConnections}
          />
        ))}
      </div>
      {rows.length === 0 && <p class="hint">No message is like that.</p>}
      {rows.length > shown.length && (
        <button type="button" onClick={() => setLimit(shown.length + PAGE)}>
          {(rows.length - shown.length).toLocaleString('en')} more
        </button>
      )}
    </div>
  )
}

interface LineProps {
  row: Row
  since: number
  isSelected: boolean
  onSelect(index: number): void
  withConnection: boolean
}

function Line({ row, since, isSelected, onSelect, withConnection }: LineProps) {
  const { index, message, connection, bytes } = row
  const { from, at, title } = message
  const said = bytes.length > 0
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it has the keys
    <div
      id={`message-${index}`}
      class="message"
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      data-from={said ? from : 'neither'}
      onClick={() => onSelect(index)}
    >
      <span class="arrow" aria-hidden="true">
        {said ? (from === 'client' ? '→' : '←') : '•'}
      </span>
      <span class="unseen">{said ? `from the ${from}` : ''}</span>
      <span class="when">{sinceText(at - since)}</span>
      {withConnection && <span class="connection">#{connection.id}</span>}
      <span class="size">{said ? formatBytes(bytes.length) : ''}</span>
      <span class="title" title={title}>
        {title}
      </span>
      {said && <Shares row={row} />}
    </div>
  )
}

/** How much of a message is of which kind: the same patterns as on its bytes. */
function Shares({ row: { message, bytes } }: { row: Row }) {
  return (
    <span class="shares" aria-hidden="true">
      {kinds.map((kind) => {
        const size = message.segments.reduce(
          (sum, segment) => sum + (segment.kind === kind ? segment.end - segment.start : 0),
          0,
        )
        return (
          size > 0 && <i key={kind} data-kind={kind} style={{ width: `${(size / bytes.length) * 100}%` }} />
        )
      })}
    </span>
  )
}

/** A time since the first message. */
const sinceText = (ms: number) => (ms < 10_000 ? `+${ms.toFixed(1)} ms` : `+${(ms / 1000).toFixed(2)} s`)
