import type { Unit } from '../stats/figures.ts'
import type { FigureName, Figures, FigureUse, Measure } from './figures.ts'
import type { TermId } from './glossary.ts'

/**
 * A lesson is data and prose: `<nn>-<slug>.ts` says what is predicted, run, read off the run and asked; `<nn>-<slug>.mdx`
 * says it in sentences. Whatever the prose states about the run it states through an id of this data, so that the page
 * (and the walking test) can hold it against the run that was really made.
 *
 * Functions of an outcome are written as methods, so that a lesson about one figure is a lesson.
 */
export interface Lesson<Name extends FigureName = FigureName> {
  /** Its place in the list, from 1. */
  number: number
  /** Its place in the address: `/learn/<slug>`. The prose lies in `<nn>-<slug>.mdx`. */
  slug: string
  title: string
  /** What somebody asks who has not had this lesson, in one sentence with a question mark. */
  question: string
  /** 5 to 12. */
  minutes: number
  /** What one can do afterwards: completes "After this lesson you can …". */
  goal: string
  figure: FigureUse<Name>
  prediction: Prediction<Outcome<Name>>
  /** What `<Measured id>` prints, by id. All of them also stand in the table under the figure. */
  measures: Record<string, Measure<Outcome<Name>>>
  /** What `<Claim id>` wraps, by id: the rule that the run must pass for the sentence to be true. */
  claims: Record<string, Rule<Outcome<Name>>>
  change: Change<Name>
  /** From a nudge to nearly the answer. */
  hints: readonly [string, string, string]
  quiz: Quiz
  code: CodeReference
  facts: readonly Fact[]
  /** Words of the glossary that the lesson introduces; the page lists them at its end. */
  terms: readonly TermId[]
  bug?: BugSwitch
  teacher: TeacherNotes
}

export type Outcome<Name extends FigureName> = Figures[Name]['outcome']

/** What a run says to a sentence. */
export interface Finding {
  holds: boolean
  /** The figures that decide it, as a clause with neither capital nor full stop: "the mean was 512 ms with n = 8". */
  because: string
}

/** A pure function of the outcome; the same run always gives the same finding, and either can come out. */
export interface Rule<Seen> {
  check(seen: Seen): Finding
}

/** What is asked before the run. `answer` reads off the run what was asked; absent where the run does not tell. */
export type Prediction<Seen> = NumberPrediction<Seen> | ChoicePrediction<Seen>

export interface NumberPrediction<Seen> {
  kind: 'number'
  question: string
  unit: Unit
  min: number
  max: number
  step: number
  /** Within this share of the answer a prediction is called close. */
  close: number
  answer(seen: Seen): number | undefined
}

export interface ChoicePrediction<Seen> {
  kind: 'choice'
  question: string
  options: readonly { id: string; label: string }[]
  /** The id of the option that came true. */
  answer(seen: Seen): string | undefined
}

/** The first run, and the one after something was changed. */
export interface Compared<Name extends FigureName> {
  before: Outcome<Name>
  after: Outcome<Name>
  /** The label of what was chosen. */
  option: string
}

export interface Change<Name extends FigureName> {
  /** What to change and what to look at: a sentence or two. */
  task: string
  /** Names the choice between the options. */
  label: string
  options: readonly {
    label: string
    parameters: Partial<Figures[Name]['parameters']>
    /** What a run with this option must show. It is said after the run, with the figures. */
    sentence: string
    check(seen: Compared<Name>): Finding
  }[]
  /** Asked before the second run, whatever the option. */
  prediction: Prediction<Compared<Name>>
}

export interface Quiz {
  question: string
  /** One is right. Each says why it is, or what is wrong with it. */
  options: readonly { text: string; right?: true; because: string }[]
}

/** A place in a source file, found by its text so that it can never point at a stale line. */
export interface CodePlace {
  /** From the root: `server/transports/sse.ts`. */
  file: string
  /** Text that stands in exactly one line of the file; the mark begins at that line. */
  from: string
  /** How many lines are marked; 1 without it. */
  lines?: number
  /** What happens there, in a sentence. */
  note: string
}

/** Both ends of the wire, side by side. */
export interface CodeReference {
  server: readonly [CodePlace, ...CodePlace[]]
  client: readonly [CodePlace, ...CodePlace[]]
}

/** Something that a standard states, and where. Every such statement of the lessons stands in FACTS.md. */
export interface Fact {
  /** As the lesson says it, in our words. */
  statement: string
  /** Like "RFC 9112" or "WHATWG HTML". */
  source: string
  /** Like "§9.3". */
  section: string
}

/** A pain people report: the broken version, its symptom live, and the cure. */
export interface BugSwitch<Name extends FigureName = FigureName> {
  /** As people put it: "messages vanish between two long polls". */
  pain: string
  /** Where it is known from: "Atmosphere/atmosphere#2063". */
  threads: readonly string[]
  /** Why it happens and what the cure does about it: a short paragraph. */
  about: string
  figure: Name
  broken: Figures[Name]['parameters']
  cured: Figures[Name]['parameters']
  /** Holds in the broken version. */
  symptom: Symptom<Outcome<Name>>
  /** Holds in the cured one. */
  cure: Symptom<Outcome<Name>>
  /** The bug in its file, and the same place in the file without it: shown side by side. */
  code: { broken: CodePlace; cured: CodePlace }
}

export interface Symptom<Seen> extends Rule<Seen> {
  /** What one sees. */
  sentence: string
}

export interface TeacherNotes {
  /** How the time goes, in minutes. */
  time: readonly { part: string; minutes: number }[]
  /** What a class often predicts instead, and what to say to it. */
  wrongPredictions: readonly { prediction: string; answer: string }[]
  /** The figure to expect, and what makes it come out otherwise. */
  expect: string
}

/** Gives a lesson the type of its figure. */
export const lesson = <Name extends FigureName>(data: Lesson<Name>): Lesson<Name> => data

/** Gives a bug switch the type of its figure, which need not be the lesson's. */
export const bugSwitch = <Name extends FigureName>(data: BugSwitch<Name>): BugSwitch<Name> => data
