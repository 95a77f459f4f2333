import './code.css'
import { useSignal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { CodePlace, CodeReference } from '../../../scenarios/lessons/lesson.ts'
import { nameOf } from '../../../scenarios/stats/words.ts'
import { type TransportName, transportNames } from '../../../server/contract/transports.ts'
import { Difference } from './difference-view.tsx'
import { Line } from './line.tsx'
import { findPlace, type Marked } from './places.ts'
import { sourceOf } from './sources.ts'

/** Both ends of the wire side by side, or one end of this transport beside that of another. */
export function CodeView({ reference }: { reference: CodeReference }) {
  const other = useSignal<TransportName | ''>('')
  const own = transportOf(reference.server[0].file)
  return (
    <div class="code-view">
      {own && (
        <p class="row">
          <label>
            Show{' '}
            <select
              data-testid="compare-with"
              value={other.value}
              onChange={({ currentTarget }) => {
                other.value = currentTarget.value as TransportName | ''
              }}
            >
              <option value="">both ends of the wire</option>
              {transportNames
                .filter((name) => name !== own)
                .map((name) => (
                  <option key={name} value={name}>
                    what differs in {nameOf[name]}
                  </option>
                ))}
            </select>
          </label>
        </p>
      )}
      {other.value && own ? (
        (['server', 'web'] as const).map((end) => (
          <Difference
            key={end}
            left={`${end}/transports/${own}.ts`}
            right={`${end}/transports/${other.value}.ts`}
          />
        ))
      ) : (
        <div class="panes">
          <Pane end="The server" file={reference.server[0].file} places={reference.server} />
          <Pane end="The client" file={reference.client[0].file} places={reference.client} />
        </div>
      )}
    </div>
  )
}

/** The transport whose file this is, where it is one's. */
const transportOf = (file: string): TransportName | undefined =>
  transportNames.find((name) => file === `server/transports/${name}.ts`)

interface PaneProps {
  end: string
  file: string
  places?: readonly CodePlace[]
}

/** One file with its marked lines, if it has any, the first of them in sight. */
export function Pane({ end, file, places = [] }: PaneProps) {
  const [source, setSource] = useState<string | undefined>(undefined)
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    sourceOf(file).then(setSource, (error: Error) => setSource(`// ${error.message}`))
  }, [file])
  useEffect(() => {
    const first = list.current?.querySelector('[data-marked="true"]')
    if (first instanceof HTMLElement && list.current) list.current.scrollTop = first.offsetTop - 24
  }, [source])
  const marks = source === undefined ? [] : places.map((place) => findPlace(source, place))
  return (
    <figure class="pane">
      <figcaption>
        {end}: <code>{file}</code>
      </figcaption>
      {marks.length > 0 && (
        <ul class="notes">
          {marks.map((mark) => (
            <li key={mark.from}>
              <b>{mark.first === mark.last ? mark.first : `${mark.first}–${mark.last}`}</b> {mark.note}
            </li>
          ))}
        </ul>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ol ref={list} class="source" tabIndex={0} aria-label={file}>
        {source
          ?.trimEnd()
          .split('\n')
          .map((line, index) => (
            <li key={index} data-marked={marks.some((mark) => covers(mark, index + 1))}>
              <Line text={line} />
            </li>
          ))}
      </ol>
    </figure>
  )
}

const covers = ({ first, last }: Marked, line: number) => line >= first && line <= last
