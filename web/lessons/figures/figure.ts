import type { Signal } from '@preact/signals'
import type { VNode } from 'preact'
import type { FigureName, Figures } from '../../../scenarios/lessons/figures.ts'

/** What was predicted, as a figure may draw it: faint and dashed, beside what is measured. */
export interface Ghost {
  value: number
  unit: string
}

export interface FigureProps<Name extends FigureName> {
  /** What the next run is given. A figure with something to type in writes here what was typed. */
  parameters: Signal<Figures[Name]['parameters']>
  /** Absent until a number was predicted. */
  ghost: Ghost | undefined
  /** No run is going on, so what is typed counts for the next. */
  isIdle: boolean
}

/**
 * A live figure: real connections to this server. `run` makes one run and resolves to what it came to; it rejects with a
 * sentence for a person when there was none, and with the signal's reason when it was stopped. It leaves no connection
 * open. `View` shows the run that is going on, and the last one after it is over.
 */
export interface LiveFigure<Name extends FigureName> {
  run(parameters: Figures[Name]['parameters'], signal: AbortSignal): Promise<Figures[Name]['outcome']>
  View(props: FigureProps<Name>): VNode
  /** About how long a run takes, in seconds. */
  seconds(parameters: Figures[Name]['parameters']): number
}

/** Makes a figure for one place on a page; what `run` finds out and `View` shows they share in its closure. */
export type CreateFigure<Name extends FigureName> = () => LiveFigure<Name>
