import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { copy, download } from '../ui/files.ts'
import { utf8 } from './bytes.ts'
import { dump, hexOf } from './hex.ts'
import { kinds, type Message, type Segment } from './message.ts'
import { type Row, unmaskedBytes } from './rows.ts'

/** Bytes that are laid out at first; a message of 64 kB is 4,096 lines. */
const PAGE = 4_096

/** One message: its bytes in hex and as text, each shaded by what it is for, and what each part of them says. */
export function Detail({ row, box }: { row: Row; box: RefObject<HTMLElement | null> }) {
  const { message, connection, bytes } = row
  const { segments, start, end, from, title, mask } = message
  const [active, activate] = useState<number | undefined>(undefined)
  const [isPlain, showPlain] = useState(false)
  const [limit, setLimit] = useState(PAGE)
  const pane = useRef<HTMLDivElement>(null)
  const width = useWidth(pane)
  const shown = isPlain ? unmaskedBytes(row) : bytes
  const lines = useMemo(
    () => dump(shown.subarray(0, limit), start, segments, width),
    [row, isPlain, limit, width],
  )
  const isActive = (index: number) => index === active || undefined
  const pointed = active === undefined ? undefined : segments[active]

  /** The segment under the pointer. */
  function point({ target }: Event) {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-of]') : null
    if (cell?.dataset.of !== undefined) activate(Number(cell.dataset.of))
  }

  return (
    <article class="card inspector-detail" ref={box} tabIndex={-1} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <p class="hint">
          From the {from}, on connection {connection.id}
          {connection.client && ` (“${connection.client}”)`}
          {bytes.length > 0 &&
            `, bytes ${start.toLocaleString('en')} to ${(end - 1).toLocaleString('en')} of what it said`}
          .
        </p>
        {bytes.length > 0 && <Sum message={message} />}
      </header>
      {bytes.length > 0 && (
        <>
          <Explained segment={pointed} />
          <p class="inspector-tools">
            <Copy what="hex" text={() => hexOf(shown)} />
            <Copy what="text" text={() => utf8(unmaskedBytes(row))} />
            <button
              type="button"
              onClick={() =>
                download(`message-${connection.id}-${start}.bin`, 'application/octet-stream', bytes.slice())
              }
            >
              Save as .bin
            </button>
            {mask && (
              <label>
                <input
                  type="checkbox"
                  checked={isPlain}
                  onChange={({ currentTarget }) => showPlain(currentTarget.checked)}
                />{' '}
                unmask
              </label>
            )}
          </p>
          {/* biome-ignore-start lint/a11y/useSemanticElements: a fieldset is for the fields of a form */}
          {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <div
            ref={pane}
            class="dump"
            data-width={width}
            role="group"
            aria-label="Bytes"
            tabIndex={0}
            onPointerOver={point}
          >
            {lines.map(({ offset, cells }) => (
              <div key={offset} class="hex-line">
                <span class="offset">{offset.toString(16).padStart(5, '0')}</span>
                {(['hex', 'text'] as const).map((how) => (
                  <span key={how} class={how}>
                    {cells.map((cell) => (
                      <>
                        <span
                          data-of={cell.segment}
                          data-kind={segments[cell.segment]?.kind}
                          data-first={cell.isFirst || undefined}
                          data-active={isActive(cell.segment)}
                        >
                          {cell[how]}
                        </span>
                        {how === 'hex' && ' '}
                      </>
                    ))}
                  </span>
                ))}
              </div>
            ))}
          </div>
          {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: as above */}
          {/* biome-ignore-end lint/a11y/useSemanticElements: as above */}
          {bytes.length > limit && (
            <button type="button" onClick={() => setLimit(limit + 4 * PAGE)}>
              {(bytes.length - limit).toLocaleString('en')} bytes more
            </button>
          )}
          <Carried message={message} activate={activate} />
          <h3>Its parts</h3>
          <Parts segments={segments} active={active} activate={activate} />
        </>
      )}
    </article>
  )
}

/** What is said about the part that is pointed at. */
function Explained({ segment }: { segment: Segment | undefined }) {
  return (
    <div class="explained" aria-live="polite">
      {segment ? (
        <>
          <p>
            <i class="swatch" data-kind={segment.kind} /> <b>{segment.name}</b> · {segment.kind},{' '}
            {bytesText(segment.end - segment.start)}
            {segment.rfc && <small> · {segment.rfc}</small>}
          </p>
          {segment.value !== undefined && segment.value !== '' && <p class="value">{segment.value}</p>}
          <p>{segment.about}</p>
        </>
      ) : (
        <p class="hint">Point at a byte, or go to a part below: what it is stands here.</p>
      )}
    </div>
  )
}

/** The message's bytes by kind. */
function Sum({ message: { segments } }: { message: Message }) {
  const sizes = kinds.map((kind) => ({
    kind,
    size: segments.reduce((sum, { kind: of, start, end }) => sum + (of === kind ? end - start : 0), 0),
  }))
  return (
    <p class="sizes">
      {sizes
        .filter(({ size }) => size > 0)
        .map(({ kind, size }) => (
          <span key={kind}>
            <i class="swatch" data-kind={kind} /> {kind} {bytesText(size)}
          </span>
        ))}
    </p>
  )
}

/** Several things in one message, such as the entries of a page. */
function Carried({ message, activate }: { message: Message; activate(index: number): void }) {
  if (!message.children) return null
  const firstOf = (child: Message) => message.segments.findIndex(({ start }) => start >= child.start)
  return (
    <details>
      <summary>
        Carries {message.children.length} {message.children.length === 1 ? 'message' : 'messages'}
      </summary>
      <ol class="carried">
        {message.children.map((child) => (
          <li key={child.start}>
            <button
              type="button"
              onFocus={() => activate(firstOf(child))}
              onClick={() => activate(firstOf(child))}
            >
              {child.title}, {bytesText(child.end - child.start)}
            </button>
          </li>
        ))}
      </ol>
    </details>
  )
}

interface PartsProps {
  segments: readonly Segment[]
  active: number | undefined
  activate(index: number): void
}

/** Most messages have a dozen parts; a page of 200 entries has 400. */
const MANY = 200

function Parts({ segments, active, activate }: PartsProps) {
  return (
    <ol class="parts">
      {segments.slice(0, MANY).map((segment, index) => (
        <li key={segment.start}>
          <button
            type="button"
            data-active={index === active || undefined}
            onFocus={() => activate(index)}
            onMouseEnter={() => activate(index)}
            onClick={() => activate(index)}
          >
            <i class="swatch" data-kind={segment.kind} />
            <span class="name">{segment.name}</span>
            <span class="unseen">{segment.kind}</span>
            <span class="value">{segment.value}</span>
            <span class="size">{bytesText(segment.end - segment.start)}</span>
          </button>
        </li>
      ))}
      {segments.length > MANY && <li class="hint">{segments.length - MANY} more, in the bytes above.</li>}
    </ol>
  )
}

function Copy({ what, text }: { what: string; text(): string }) {
  const [said, say] = useState<string | undefined>(undefined)
  const act = async () => {
    say((await copy(text())) ? 'Copied' : 'Not allowed')
    setTimeout(() => say(undefined), 2_000)
  }
  return (
    <button type="button" onClick={act}>
      <span aria-live="polite">{said ?? `Copy ${what}`}</span>
    </button>
  )
}

/** How many bytes fit in a line: 16 where there is room for them, else 8. */
function useWidth(pane: RefObject<HTMLElement | null>): 8 | 16 {
  const [width, setWidth] = useState<8 | 16>(16)
  useEffect(() => {
    const element = pane.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      // An offset, 16 × 3 characters of hex and 16 of text, at 0.61 of the type's size each.
      const characters = element.clientWidth / (Number.parseFloat(getComputedStyle(element).fontSize) * 0.61)
      setWidth(characters >= 76 ? 16 : 8)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return width
}

const bytesText = (bytes: number) => `${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`
