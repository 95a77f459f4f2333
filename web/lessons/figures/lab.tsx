import '../../lab/lab.css'
import './lab.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { Fragment } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Box } from '../../lab/box.tsx'
import { Packets } from '../../lab/packets.tsx'
import { wayOf } from '../../lab/ways.ts'
import type { CreateFigure } from './figure.ts'
import { type LabShown, runLab } from './lab-run.ts'

/** The lab's four clients, taken through some ways to emit: a line for each, and who heard it. */
export const createLab: CreateFigure<'lab'> = () => {
  const shown = signal<LabShown | undefined>(undefined)
  return {
    run(parameters, ended) {
      shown.value = undefined
      return runLab(parameters, ended, (next) => {
        shown.value = next
      })
    },
    View: () => <LabView shown={shown} />,
    seconds: ({ steps }) => 1.5 + steps.length / 3,
  }
}

function LabView({ shown }: { shown: ReadonlySignal<LabShown | undefined> }) {
  const run = shown.value
  const [chosen, choose] = useState<number | undefined>(undefined)
  useEffect(() => choose(undefined), [run?.bench])
  if (!run) {
    return <p class="hint blank">Here four clients will connect, and it will be drawn who hears what.</p>
  }
  const { bench, said, cuts } = run
  const names = bench.clients.map(({ name }) => name)
  const looked = chosen ?? said.length - 1
  const line = said[looked]
  const cutBefore = (index: number) => cuts.filter(({ after }) => after === index)
  return (
    <div class="lab-run">
      <table>
        <caption>Who heard what. Choose a line to see what crossed.</caption>
        <thead>
          <tr>
            <th scope="col">the server ran</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {said.map(({ step, heard }, index) => (
            <Fragment key={index}>
              {cutBefore(index).map((cut) => (
                <Cut key={cut.step.cut} name={cut.step.cut} columns={names.length + 1} />
              ))}
              <tr>
                <th scope="row">
                  <button type="button" aria-pressed={index === looked} onClick={() => choose(index)}>
                    <code>{(typeof step === 'string' && wayOf(step)?.label) || ''}</code>
                  </button>
                </th>
                {names.map((name) => (
                  <td key={name} data-heard={(heard[name] ?? 0) > 0}>
                    {heard[name] ? '●' : <span class="unseen">no</span>}
                  </td>
                ))}
              </tr>
            </Fragment>
          ))}
          {cutBefore(said.length).map((cut) => (
            <Cut key={cut.step.cut} name={cut.step.cut} columns={names.length + 1} />
          ))}
        </tbody>
      </table>
      <div class="boxes">
        {bench.clients.map((client) => (
          <Box
            key={client.name}
            client={client}
            heard={chosen === undefined ? undefined : line?.heard[client.name]}
          />
        ))}
      </div>
      {line && <Packets crossed={line.crossed} />}
    </div>
  )
}

function Cut({ name, columns }: { name: string; columns: number }) {
  return (
    <tr>
      <td class="cut" colSpan={columns}>
        ✂ {name} is cut, and comes back
      </td>
    </tr>
  )
}
