import './rooms.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { deliveriesTo, type RoomsOutcome } from '../../../scenarios/lessons/figures/rooms.ts'
import { withUnit } from '../../../scenarios/stats/words.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { type RoomsShown, runRooms } from './rooms-run.ts'

/** Who heard what: a row for each person, a column for each thing that was said, room beside room. */
export const createRooms: CreateFigure<'rooms'> = () => {
  const shown = signal<RoomsShown | undefined>(undefined)
  const outcome = signal<RoomsOutcome | undefined>(undefined)
  return {
    async run(parameters, ended) {
      shown.value = undefined
      outcome.value = undefined
      outcome.value = await runRooms(parameters, ended, (next) => {
        shown.value = next
      })
      return outcome.value
    },
    View: (props) => <RoomsView {...props} shown={shown} outcome={outcome} />,
    seconds: ({ rooms, each }) => 1 + (rooms.flat().length * each) / 6,
  }
}

type RoomsViewProps = FigureProps<'rooms'> & {
  shown: ReadonlySignal<RoomsShown | undefined>
  outcome: ReadonlySignal<RoomsOutcome | undefined>
}

function RoomsView({ parameters, shown, outcome }: RoomsViewProps) {
  const run = shown.value
  const { rooms } = parameters.value
  if (!run) {
    return (
      <p class="hint blank">
        Here {new Set(rooms.flat()).size} people will speak in turn, each over a connection of this page, and
        it will be drawn who hears what.
      </p>
    )
  }
  const { people, messages } = run
  const said = rooms
    .map((_, index) => messages.filter(({ room }) => room === index))
    .filter((inRoom) => inRoom.length > 0)
  const total = people.reduce((sum, person) => sum + deliveriesTo(person), 0)
  return (
    <div class="rooms">
      <table>
        <caption>Who heard what. A column is one thing said, under the initial of who said it.</caption>
        <thead>
          <tr>
            <td />
            {said.map((inRoom) => (
              <th key={inRoom[0]?.room} scope="colgroup" colSpan={inRoom.length}>
                room {(inRoom[0]?.room ?? 0) + 1}
              </th>
            ))}
            <th scope="col">heard</th>
          </tr>
          <tr>
            <td />
            {said.flat().map(({ id, from }) => (
              <th key={id} scope="col" title={from}>
                {from[0]}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.name}>
              <th scope="row">{person.name}</th>
              {said.flat().map(({ id, room, from }) => {
                const times = person.heard[id] ?? 0
                return (
                  <td key={id} data-heard={times > 0} data-inside={person.rooms.includes(room)}>
                    {times > 1 ? times : times === 0 ? '' : from === person.name ? '◉' : '●'}
                  </td>
                )
              })}
              <td class="sum">{deliveriesTo(person)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">
        ● heard &ensp; ◉ heard, and said it{said.length > 1 && <>&ensp; grey: not in that room</>}
      </p>
      <p class="meaning" role="status">
        {messages.length} published, {total} delivered over {people.length} connections
        {outcome.value && `, ${withUnit(outcome.value.bytesOut, 'B')} written by the server to deliver them`}.
      </p>
    </div>
  )
}
