import { type ReadonlySignal, signal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { StreamBlock, StreamEvent, StreamOutcome } from '../../../scenarios/lessons/figures/stream.ts'
import { withUnit } from '../../../scenarios/stats/words.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { read, runStream, type StreamShown } from './stream-run.ts'

/** An event stream that one types, line by line, and what the browser's EventSource makes of it. */
export const createStream: CreateFigure<'stream'> = () => {
  const shown = signal<StreamShown | undefined>(undefined)
  const outcome = signal<StreamOutcome | undefined>(undefined)
  return {
    async run({ text }, ended) {
      outcome.value = undefined
      outcome.value = await runStream(text, ended, (next) => {
        shown.value = next
      })
      return outcome.value
    },
    View: (props) => <StreamView {...props} shown={shown} outcome={outcome} />,
    seconds: () => 2,
  }
}

type StreamViewProps = FigureProps<'stream'> & {
  shown: ReadonlySignal<StreamShown | undefined>
  outcome: ReadonlySignal<StreamOutcome | undefined>
}

function StreamView({ parameters, isIdle, shown, outcome }: StreamViewProps) {
  const id = useId()
  const { text } = parameters.value
  const run = shown.value
  return (
    <div class="raw stream">
      <label for={id}>
        What the server writes <small>byte for byte, then the stream ends</small>
      </label>
      <textarea
        id={id}
        rows={text.split('\n').length + 1}
        maxLength={2_000}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        readOnly={!isIdle}
        value={text}
        onInput={({ currentTarget }) => {
          parameters.value = { text: currentTarget.value }
        }}
      />
      {run ? (
        <>
          <Lines blocks={outcome.value?.blocks ?? read(new TextEncoder().encode(text))} events={run.events} />
          <p class="meaning" role="status">
            {outcome.value ? comeBack(outcome.value) : `EventSource is ${run.state} …`}
          </p>
        </>
      ) : (
        <p class="hint">
          A run takes a second or two. The lines will stand here, and beside them the events.
        </p>
      )}
    </div>
  )
}

/** Each line as it came, and behind the line that ends an event what EventSource dispatched. */
function Lines({ blocks, events }: { blocks: readonly StreamBlock[]; events: readonly StreamEvent[] }) {
  let dispatched = 0
  return (
    <table class="stream-lines">
      <thead>
        <tr>
          <th scope="col">line</th>
          <th scope="col">it is</th>
          <th scope="col">EventSource dispatched</th>
        </tr>
      </thead>
      {blocks.map(({ lines, event }, index) => {
        const seen = event && events[dispatched++]
        return (
          <tbody key={index}>
            {lines.map(({ text, field, isWhole }, at) => (
              <tr key={at}>
                <td>
                  <code>{text || '⏎'}</code>
                </td>
                <td>{isWhole ? nameOf(field) : 'cut off by the end'}</td>
                {at === 0 && <td rowSpan={lines.length}>{seen ? <Dispatched {...seen} /> : 'nothing'}</td>}
              </tr>
            ))}
          </tbody>
        )
      })}
    </table>
  )
}

function Dispatched({ type, data, lastEventId }: StreamEvent) {
  return (
    <dl>
      <dt>type</dt>
      <dd>{type}</dd>
      <dt>data</dt>
      <dd class="data">{data}</dd>
      <dt>lastEventId</dt>
      <dd>{lastEventId || '(none)'}</dd>
    </dl>
  )
}

const nameOf = (field: string | undefined) =>
  field === undefined
    ? 'the empty line: dispatch'
    : field === ''
      ? 'a comment'
      : known.has(field)
        ? `the field ${field}`
        : 'no known field: ignored'

const known = new Set(['event', 'data', 'id', 'retry'])

function comeBack({ backAfter, lastEventId, again }: StreamOutcome): string {
  if (backAfter === undefined)
    return 'The stream ended, and EventSource has not come back within ten seconds.'
  const after = `The stream ended. EventSource came back by itself after ${withUnit(backAfter, 'ms')}`
  return lastEventId === undefined
    ? `${after}, without Last-Event-ID. The server began anew: ${again.length} events came a second time.`
    : `${after}, with Last-Event-ID: ${lastEventId}.`
}
