import '../../inspector/inspector.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Crossing, SocketIoOutcome } from '../../../scenarios/lessons/figures/socket-io.ts'
import type { Capture } from '../../../server/contract/link.ts'
import { Detail } from '../../inspector/detail.tsx'
import type { Row } from '../../inspector/rows.ts'
import { crossingsIn } from './crossings.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { runSocketIo } from './socket-io-run.ts'

/** A real client of Socket.IO on a link that records, and its packets in the order in which they crossed. */
export const createSocketIo: CreateFigure<'socket-io'> = () => {
  const capture = signal<Capture | undefined>(undefined)
  const outcome = signal<SocketIoOutcome | undefined>(undefined)
  return {
    async run(parameters, ended) {
      capture.value = undefined
      outcome.value = undefined
      const result = await runSocketIo(parameters, ended, (next) => {
        capture.value = next
      })
      outcome.value = result
      return result
    },
    View: (props) => <SocketIoView {...props} capture={capture} outcome={outcome} />,
    seconds: ({ client, cuts = 0 }) => (client === 'socket.io' ? 2 + cuts : 3),
  }
}

type SocketIoViewProps = FigureProps<'socket-io'> & {
  capture: ReadonlySignal<Capture | undefined>
  outcome: ReadonlySignal<SocketIoOutcome | undefined>
}

function SocketIoView({ parameters, capture, outcome }: SocketIoViewProps) {
  const { client, refuseUpgrade, cuts = 0 } = parameters.value
  const who = client === 'socket.io' ? 'Socket.IO’s client' : 'A plain WebSocket'
  const way = refuseUpgrade ? 'a link that refuses upgrades' : 'a link that records'
  return (
    <div class="socket-io">
      <p>
        {who}, {way}, this server{cuts > 0 && `; the connection is cut ${cuts} times`}.
      </p>
      {outcome.value && <Ended outcome={outcome.value} />}
      {capture.value ? (
        <Crossings capture={capture.value} />
      ) : (
        <p class="hint blank">What crosses the link will stand here, packet by packet.</p>
      )}
    </div>
  )
}

function Ended({
  outcome: { carriedBy, connects, closedWith, published, heard },
}: {
  outcome: SocketIoOutcome
}) {
  const counts = [
    ['carried by', carriedBy === 'websocket' ? 'WebSocket' : (carriedBy ?? 'nothing')],
    ['connected', connects === 1 ? 'once' : `${connects} times`],
    ['published', published],
    ['handed to the page', heard.reduce((sum, times) => sum + times, 0)],
    ...(closedWith === undefined ? [] : [['closed with', closedWith] as const]),
  ] as const
  return (
    <dl class="counts">
      {counts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Message by message, oldest first; one is open, with its bytes. */
function Crossings({ capture }: { capture: Capture }) {
  const lines = useMemo(() => crossingsIn(capture), [capture])
  const first = lines.find(({ crossing }) => crossing.packets.length > 0)?.row.index
  const [selected, select] = useState<number | undefined>(undefined)
  const detail = useRef<HTMLElement>(null)
  useEffect(() => select(first), [capture, first])
  const chosen = lines.find(({ row }) => row.index === selected)?.row
  return (
    <div class="inspector crossings">
      <ol class="crossing-list" aria-label="What crossed the link">
        {lines.map(({ row, crossing }) => (
          <li key={row.index}>
            <button
              type="button"
              data-from={crossing.from}
              data-over={crossing.over}
              aria-pressed={row.index === selected}
              onClick={() => select(row.index)}
            >
              <span class="when">{crossing.at.toFixed(0)} ms</span>
              <span aria-hidden="true">{crossing.from === 'client' ? '→' : '←'}</span>
              <span class="unseen">from the {crossing.from}</span>
              <span class="how">{crossing.over === 'HTTP' ? crossing.how : 'WebSocket'}</span>
              <Packets row={row} crossing={crossing} />
            </button>
          </li>
        ))}
      </ol>
      {chosen && <Detail key={chosen.index} row={chosen} box={detail} />}
    </div>
  )
}

function Packets({ row, crossing }: { row: Row; crossing: Crossing }) {
  const { packets } = crossing
  if (packets.length === 0) return <span class="hint">{wordsFor(crossing, row)}</span>
  const meanings = row.message.children?.map(({ title }) => title) ?? [meaningIn(row.message.title)]
  return (
    <span class="packets">
      {packets.map((packet, index) => (
        <span key={index}>
          <code>{packet.length > 60 ? `${packet.slice(0, 59)}…` : packet}</code>{' '}
          <small>{meanings[index]}</small>
        </span>
      ))}
    </span>
  )
}

/** The inspector's words come after what carries it: "200 OK · Engine.IO open". */
const meaningIn = (title: string) => title.split(' · ').at(-1) ?? title

function wordsFor({ from, how, over }: Crossing, { message }: Row): string {
  if (over === 'WebSocket') return how
  if (from === 'client' && how === 'GET')
    return message.title.includes('sid=') ? 'waits for what comes' : 'asks for a session'
  return answers[how] ?? ''
}

const answers: Record<string, string> = {
  200: '“ok”: taken',
  101: 'from here on this connection speaks frames',
  403: 'refused on the way',
}
