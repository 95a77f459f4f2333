import { Listr, ListrLogger, ProcessOutput } from 'listr2'
import type { Planned } from '../plan.ts'
import type { Run } from '../report.ts'
import type { Io } from './io.ts'

/** What a benchmark says while it works. It goes to stderr: stdout is for the answer. */
export interface Progress {
  begin(plan: readonly Planned[]): void
  start(planned: Planned): void
  /** What the run under way is doing. */
  step(step: string): void
  done(planned: Planned, run: Run): void
  failed(planned: Planned, why: string): void
  /** Nothing more comes. Resolves when all of it is on the screen. */
  end(interrupted: boolean): Promise<void>
}

/** Drawn where there is a terminal, told line by line elsewhere. */
export const progressFor = ({ terminal, err }: Pick<Io, 'terminal' | 'err'>): Progress =>
  terminal ? terminalProgress(terminal) : plainProgress((line) => err(`${line}\n`))

/** A line when a run is done: for logs and for whoever reads along. */
export function plainProgress(write: (line: string) => void): Progress {
  const count = counter()
  return {
    begin(plan) {
      count.begin(plan)
      write(`${runsOf(plan.length)}, ${about(secondsOf(plan))}.`)
    },
    start: () => {},
    step: () => {},
    done: (planned, run) => write(`[${count.next()}] ${nameOf(planned)}: ${outcomeOf(run)}`),
    failed: (planned, why) => write(`[${count.next()}] ${nameOf(planned)}: failed. ${why}`),
    async end(interrupted) {
      if (interrupted) write(kept)
    },
  }
}

const kept = 'Interrupted: what was measured so far is kept.'

/** A line for each repetition, with what it is doing beneath. */
export function terminalProgress(stream: NodeJS.WriteStream): Progress {
  const count = counter()
  let repetitions: Repetition[] = []
  let current: Repetition | undefined
  const tell = (planned: Planned, text: string) => {
    const repetition = repetitions[planned.repetition - 1]
    if (!repetition) return
    repetition.said.push(text)
    repetition.show(`[${count.next()}] ${nameOf(planned)}: ${text}`)
    if (repetition.said.length === repetition.runs) repetition.end()
  }
  let doing = ''
  let drawn: Promise<unknown> = Promise.resolve()

  return {
    begin(plan) {
      count.begin(plan)
      stream.write(`${runsOf(plan.length)}, ${about(secondsOf(plan))}. Ctrl-C keeps what was measured.\n`)
      const last = plan.at(-1)?.repetition ?? 0
      repetitions = Array.from({ length: last }, (_, index) =>
        repetitionOf(plan.filter(({ repetition }) => repetition === index + 1).length),
      )
      // It holds both streams while it draws; drawn upon is only the first, whatever Listr calls it.
      const output = new ProcessOutput(stream, process.stdout)
      const list = new Listr(
        repetitions.map(({ run }, index) => ({ title: `Repetition ${index + 1} of ${last}`, task: run })),
        {
          renderer: 'default',
          // Signals are the command's own business.
          registerSignalListeners: false,
          // Drawn when there is something new, not ten times a second: what is measured needs the processor.
          rendererOptions: { lazy: true, logger: new ListrLogger({ processOutput: output, toStderr: [] }) },
        },
      )
      drawn = list.run()
    },
    start(planned) {
      current = repetitions[planned.repetition - 1]
      doing = `[${count.now()}] ${nameOf(planned)}`
    },
    step: (step) => current?.show(`${doing}: ${step}`),
    done: (planned, run) => tell(planned, outcomeOf(run)),
    failed: (planned, why) => tell(planned, `failed. ${why}`),
    async end(interrupted) {
      for (const repetition of repetitions) repetition.end(interrupted)
      await drawn
      if (interrupted) stream.write(`${kept}\n`)
    },
  }
}

interface Repetition {
  runs: number
  said: string[]
  run(context: unknown, task: { output: string; skip(message: string): void }): Promise<void>
  show(text: string): void
  end(interrupted?: boolean): void
}

function repetitionOf(runs: number): Repetition {
  let finish: (interrupted: boolean) => void = () => {}
  const finished = new Promise<boolean>((resolve) => {
    finish = resolve
  })
  let show: (text: string) => void = () => {}
  return {
    runs,
    said: [],
    async run(_, task) {
      show = (text) => {
        task.output = text
      }
      if (await finished) task.skip('Interrupted')
    },
    show: (text) => show(text),
    end: (interrupted = false) => finish(interrupted),
  }
}

function counter() {
  let total = 0
  let at = 0
  return {
    begin(plan: readonly Planned[]) {
      total = plan.length
    },
    now: () => `${at + 1}/${total}`,
    next: () => `${++at}/${total}`,
  }
}

const nameOf = ({ transport, case: { label }, repetition }: Planned) =>
  `${transport}${label && `, ${label}`}, repetition ${repetition}`

function outcomeOf({ latency, delivered, lost, invalid }: Run): string {
  if (invalid !== undefined) return `not valid. ${invalid}`
  const median = latency.p50 === undefined ? '' : `, p50 ${latency.p50.toFixed(1)} ms`
  return `${delivered.toLocaleString('en-GB')} delivered, ${lost.toLocaleString('en-GB')} lost${median}`
}

const runsOf = (count: number) => (count === 1 ? 'One run' : `${count} runs`)

/** What a run takes beside its own time: two processes begin and end, readers connect, the rest is awaited. */
const AROUND_A_RUN = 3

const secondsOf = (plan: readonly Planned[]) =>
  plan.reduce((sum, { case: { scenario } }) => sum + scenario.warmUp + scenario.seconds + AROUND_A_RUN, 0)

const about = (seconds: number) =>
  seconds < 90 ? `about ${Math.ceil(seconds / 10) * 10} s` : `about ${Math.round(seconds / 60)} min`
