import '../../inspector/inspector.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import { meaningOf, type RawOutcome } from '../../../scenarios/lessons/figures/raw.ts'
import type { CapturedConnection } from '../../../server/contract/link.ts'
import { Detail } from '../../inspector/detail.tsx'
import { MessageList } from '../../inspector/message-list.tsx'
import { rowsOf } from '../../inspector/rows.ts'
import { AcceptKey } from './accept-key.tsx'
import type { CreateFigure, FigureProps } from './figure.ts'
import { bytesOfText, messagesIn, runRaw } from './raw-run.ts'

/** Bytes typed by hand, sent on a TCP connection of their own, and the answer taken apart. */
export const createRaw: CreateFigure<'raw'> = () => {
  const connection = signal<CapturedConnection | undefined>(undefined)
  const outcome = signal<RawOutcome | undefined>(undefined)
  return {
    async run(parameters, ended) {
      connection.value = undefined
      outcome.value = undefined
      const result = await runRaw(parameters, ended, (next) => {
        connection.value = next
      })
      connection.value = result.connection
      outcome.value = result
      return result
    },
    View: (props) => <RawView {...props} connection={connection} outcome={outcome} />,
    seconds: () => 2,
  }
}

type RawViewProps = FigureProps<'raw'> & {
  connection: ReadonlySignal<CapturedConnection | undefined>
  outcome: ReadonlySignal<RawOutcome | undefined>
}

function RawView({ parameters, isIdle, connection, outcome }: RawViewProps) {
  const { request, afterwards, whole } = parameters.value
  const id = useId()
  const text = request.replaceAll('{host}', location.host)
  const change = (changes: Partial<typeof parameters.value>) => {
    parameters.value = { ...parameters.peek(), ...changes }
  }
  const meaning = outcome.value && meaningOf(outcome.value)
  const said = (
    <>
      <label for={`${id}-request`}>
        What the client says first <small>each line is sent with CR LF at its end</small>
      </label>
      <textarea
        id={`${id}-request`}
        rows={Math.max(7, text.split('\n').length + 1)}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        readOnly={!isIdle}
        value={text}
        onInput={({ currentTarget }) => change({ request: currentTarget.value })}
      />
      <p class="row">
        <span class="hint">{describe(text)}</span>
        {whole !== undefined && whole.replaceAll('{host}', location.host) !== text && (
          <button type="button" data-testid="complete" onClick={() => change({ request: whole })}>
            Fill in the rest
          </button>
        )}
      </p>
    </>
  )
  return (
    <div class="raw">
      {afterwards === undefined ? (
        <>
          {said}
          <AcceptKey request={text} />
        </>
      ) : (
        <>
          <details class="said-first">
            <summary>The handshake that comes first</summary>
            {said}
          </details>
          <label for={`${id}-afterwards`}>
            What the client says once it is upgraded{' '}
            <small>in hexadecimal, a frame a line; 78*126 is 126 times 78; # begins a remark</small>
          </label>
          <textarea
            id={`${id}-afterwards`}
            rows={Math.max(3, afterwards.split('\n').length + 1)}
            spellcheck={false}
            readOnly={!isIdle}
            value={afterwards}
            onInput={({ currentTarget }) => change({ afterwards: currentTarget.value })}
          />
          <p class="hint">{count(afterwards)}</p>
        </>
      )}
      {meaning && (
        <p class="meaning" data-status={outcome.value?.status}>
          <b>
            {outcome.value?.status ?? 'No answer'} {outcome.value?.reason}
          </b>{' '}
          {meaning.sentence} <small>{meaning.rule}</small>
        </p>
      )}
      {connection.value && connection.value.chunks.length > 0 && (
        <Bytes connection={connection.value} isAfterwards={afterwards !== undefined} />
      )}
    </div>
  )
}

/** What crossed, message by message, and the bytes of the one that is chosen. */
function Bytes({ connection, isAfterwards }: { connection: CapturedConnection; isAfterwards: boolean }) {
  const rows = useMemo(() => rowsOf({ port: 0, connections: [connection] }), [connection])
  const [selected, select] = useState<number | undefined>(undefined)
  const detail = useRef<HTMLElement>(null)
  // The answer is what one waited for: to what was said last, where the two went on in frames.
  const answers = rows.filter(({ message, bytes }) => message.from === 'server' && bytes.length > 0)
  const answer = (isAfterwards ? answers.at(-1) : answers[0])?.index
  useEffect(() => select(answer), [answer])
  const row = selected === undefined ? undefined : rows[selected]
  return (
    <div class="inspector raw-bytes">
      <MessageList
        rows={rows}
        since={rows[0]?.message.at ?? 0}
        selected={selected}
        onSelect={select}
        onEnter={() => detail.current?.focus()}
      />
      {row && <Detail key={row.index} row={row} box={detail} />}
    </div>
  )
}

function describe(text: string): string {
  const { length } = bytesOfText(text)
  const ends = /\r?\n\r?\n/.test(text)
  return `${length} bytes. ${ends ? 'The empty line that ends the head is there.' : 'There is no empty line yet: to the server the head goes on.'}`
}

function count(afterwards: string): string {
  try {
    const messages = messagesIn(afterwards)
    return messages.map(({ length }) => `${length} bytes`).join(', ') || 'Nothing.'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
