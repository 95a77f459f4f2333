import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { FigureName, Figures } from '../../scenarios/lessons/figures.ts'
import type { Compared, Lesson } from '../../scenarios/lessons/lesson.ts'
import type { LiveFigure } from './figures/figure.ts'
import { note, progress } from './progress.ts'
import type { Done } from './steps.ts'

type Outcome = Figures[FigureName]['outcome']
type Parameters = Figures[FigureName]['parameters']
export type Answer = number | string

/** What a lesson's page does: one figure, its runs, and how far one has come with them. */
export interface Stage {
  lesson: Lesson
  figure: LiveFigure<FigureName>
  /** What the next run is given. */
  parameters: Signal<Parameters>
  /** The option of Change it that is chosen, by its label. */
  option: ReadonlySignal<string | undefined>
  predicted: ReadonlySignal<Answer | undefined>
  predictedChange: ReadonlySignal<Answer | undefined>
  /** Since when a run is going on (ms since 1970) and about how long it takes (s). */
  running: ReadonlySignal<{ since: number; seconds: number } | undefined>
  /** The run that the text is about. */
  first: ReadonlySignal<Outcome | undefined>
  /** The latest run with an option of Change it. */
  compared: ReadonlySignal<Compared<FigureName> | undefined>
  /** Why there was no outcome, as a sentence. */
  trouble: ReadonlySignal<string | undefined>
  done: ReadonlySignal<Done>
  predict(answer: Answer): void
  predictChange(answer: Answer): void
  choose(option: string | undefined): void
  explain(): void
  run(): Promise<void>
  stop(): void
}

export function createStage(lesson: Lesson, figure: LiveFigure<FigureName>): Stage {
  const { slug, change } = lesson
  const original: Parameters = lesson.figure.parameters
  const parameters = signal<Parameters>(original)
  const option = signal<string | undefined>(undefined)
  const kept = progress.peek()[slug]?.predicted
  const predicted = signal<Answer | undefined>(kept)
  const predictedChange = signal<Answer | undefined>(undefined)
  const running = signal<{ since: number; seconds: number } | undefined>(undefined)
  const first = signal<Outcome | undefined>(undefined)
  const compared = signal<Compared<FigureName> | undefined>(undefined)
  const trouble = signal<string | undefined>(undefined)
  const explained = signal(false)
  let ended = new AbortController()

  async function run(): Promise<void> {
    if (running.peek()) return
    const given = parameters.peek()
    const chosen = option.peek()
    ended = new AbortController()
    trouble.value = undefined
    running.value = { since: Date.now(), seconds: figure.seconds(given) }
    try {
      take(await figure.run(given, ended.signal), chosen)
    } catch (error) {
      if (!ended.signal.aborted) trouble.value = error instanceof Error ? error.message : String(error)
    } finally {
      running.value = undefined
    }
  }

  function take(outcome: Outcome, chosen: string | undefined): void {
    const before = first.peek()
    if (before === undefined || chosen === undefined) {
      first.value = outcome
      compared.value = undefined
      note(slug, { ran: true })
    } else {
      compared.value = { before, after: outcome, option: chosen }
      note(slug, { changed: true })
    }
  }

  return {
    lesson,
    figure,
    parameters,
    option,
    predicted,
    predictedChange,
    running,
    first,
    compared,
    trouble,
    done: computed(() => ({
      predicted: predicted.value !== undefined,
      ran: first.value !== undefined,
      explained: explained.value,
      predictedChange: predictedChange.value !== undefined,
      changed: compared.value !== undefined,
    })),
    predict(answer) {
      predicted.value = answer
      note(slug, { predicted: answer })
    },
    predictChange(answer) {
      predictedChange.value = answer
    },
    choose(label) {
      option.value = label
      const changes = change.options.find((each) => each.label === label)?.parameters
      // An option was written for the figure of the same lesson.
      parameters.value = { ...original, ...changes } as Parameters
    },
    explain() {
      explained.value = true
      note(slug, { explained: true })
    },
    run,
    stop: () => ended.abort(),
  }
}
