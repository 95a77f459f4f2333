import './inspector.css'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Capture } from '../../server/contract/link.ts'
import { download } from '../ui/files.ts'
import { Icon } from '../ui/icon.tsx'
import { Detail } from './detail.tsx'
import { type Kind, kinds } from './message.ts'
import { MessageList } from './message-list.tsx'
import { type Choices, chosen, everything, nearest, rowsOf } from './rows.ts'

export interface InspectorProps {
  capture: Capture
  /** Begins at the message of this client that crossed nearest to `at` (ms since 1970, the server's clock). */
  focus?: { client: string; at: number }
  /** Shows a button that closes it, where it is a part of another page. */
  onClose?(): void
}

/** What really crossed a link: every message in its order, and each byte of one explained. */
export function Inspector({ capture, focus, onClose }: InspectorProps) {
  const rows = useMemo(() => rowsOf(capture), [capture])
  const [choices, setChoices] = useState(everything)
  const [selected, select] = useState<number | undefined>(undefined)
  const detail = useRef<HTMLElement>(null)
  useEffect(
    () => select((focus && nearest(rows, focus)?.index) ?? undefined),
    [rows, focus?.client, focus?.at],
  )

  const shown = useMemo(() => chosen(rows, choices), [rows, choices])
  const change = (changes: Partial<Choices>) => setChoices({ ...choices, ...changes })
  const row = selected === undefined ? undefined : rows[selected]
  return (
    <section class="inspector" aria-label="Inspector">
      <search class="filter">
        <label>
          From{' '}
          <select
            value={choices.from}
            onChange={({ currentTarget }) => change({ from: currentTarget.value as Choices['from'] })}
          >
            <option value="">both ends</option>
            <option value="client">→ the client</option>
            <option value="server">← the server</option>
          </select>
        </label>
        <label>
          With{' '}
          <select
            value={choices.kind}
            onChange={({ currentTarget }) => change({ kind: currentTarget.value as Choices['kind'] })}
          >
            <option value="">any bytes</option>
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {kind}
              </option>
            ))}
          </select>
        </label>
        <label class="text">
          Text{' '}
          <input
            type="search"
            value={choices.text}
            placeholder="in titles and bytes"
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
          />
        </label>
        <output>
          {shown.length.toLocaleString('en')} of {rows.length.toLocaleString('en')}
        </output>
        <span class="inspector-tools">
          <button
            type="button"
            onClick={() =>
              download(`capture-${capture.port}.json`, 'application/json', `${JSON.stringify(capture)}\n`)
            }
          >
            <Icon of="download" />
            Save capture
          </button>
          {onClose && (
            <button type="button" onClick={onClose}>
              Close
            </button>
          )}
        </span>
      </search>
      <p class="key">
        {kinds.map((kind) => (
          <span key={kind}>
            <i data-kind={kind} />
            {kind}: {meanings[kind]}
          </span>
        ))}
      </p>
      <div class="inspector-panes">
        <MessageList
          rows={shown}
          since={rows[0]?.message.at ?? 0}
          selected={selected}
          onSelect={select}
          onEnter={() => detail.current?.focus()}
        />
        {row ? (
          <Detail key={row.index} row={row} box={detail} />
        ) : (
          <p class="card hint inspector-detail">
            Choose a message to see its bytes. ↑ and ↓ go through them.
          </p>
        )}
      </div>
    </section>
  )
}

/** The meter's terms, short. */
const meanings: Record<Kind, string> = {
  payload: 'entries and drafts',
  head: 'HTTP heads',
  framing: 'what wraps messages',
  control: 'messages about the feed',
}
