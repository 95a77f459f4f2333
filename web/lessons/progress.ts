import { effect, type ReadonlySignal, signal } from '@preact/signals'

/** How far somebody has come in a lesson; kept in this browser and nowhere else. */
export interface LessonProgress {
  /** What was predicted: a number, or the id of an option. */
  predicted?: number | string
  ran?: boolean
  explained?: boolean
  changed?: boolean
  answered?: boolean
}

/** By slug. */
export type Progress = Readonly<Record<string, LessonProgress>>

const KEY = 'wireside-lessons'

const kept = signal<Progress>(read())

export const progress: ReadonlySignal<Progress> = kept

effect(() => {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.value))
  } catch {
    // Storage may be blocked, or full: then progress lasts as long as the page.
  }
})

export function note(slug: string, news: LessonProgress): void {
  kept.value = { ...kept.peek(), [slug]: { ...kept.peek()[slug], ...news } }
}

export function resetProgress(): void {
  kept.value = {}
}

/** What has to be done for a lesson to be done. */
const parts = ['ran', 'explained', 'changed', 'answered'] as const

/** How many of its parts are done, of how many. */
export function doneOf(lesson: LessonProgress = {}): { done: number; of: number } {
  return { done: parts.filter((part) => lesson[part]).length, of: parts.length }
}

function read(): Progress {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '')
    return isProgress(value) ? value : {}
  } catch {
    // Nothing kept, or nothing of ours.
    return {}
  }
}

/**
 * What a file that was exported holds, as text. Throws an Error with a sentence for a person where it is another file.
 * `slugs` are the lessons there are; those of a newer version are kept as they are.
 */
export function progressIn(text: string, slugs: readonly string[]): Progress {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('This file is not JSON. Choose the wireside-progress.json that was exported here.')
  }
  if (!isObject(value) || !Object.keys(value).some((slug) => slugs.includes(slug)))
    throw new Error(
      'This file is not about these lessons. Choose the wireside-progress.json that was exported here.',
    )
  for (const [slug, lesson] of Object.entries(value)) {
    if (!isLessonProgress(lesson))
      throw new Error(
        `What this file says of “${slug}” is no progress in a lesson. It was changed, or is of something else.`,
      )
  }
  return value as Progress
}

/** Adds what was exported elsewhere. Nothing that was done here is undone, and a prediction made here stays. */
export function addProgress(theirs: Progress): void {
  const slugs = new Set([...Object.keys(kept.peek()), ...Object.keys(theirs)])
  kept.value = Object.fromEntries([...slugs].map((slug) => [slug, { ...theirs[slug], ...kept.peek()[slug] }]))
}

// Function declarations, because the module reads what was kept before it comes to its end.

function isProgress(value: unknown): value is Progress {
  return isObject(value) && Object.values(value).every(isLessonProgress)
}

/** A part is noted when it was done, and else absent. */
function isLessonProgress(value: unknown): value is LessonProgress {
  if (!isObject(value)) return false
  const { predicted, ...done } = value
  return (
    (predicted === undefined || typeof predicted === 'string' || Number.isFinite(predicted)) &&
    Object.entries(done).every(([part, isDone]) => isPart(part) && isDone === true)
  )
}

function isPart(name: string): boolean {
  return name === 'ran' || name === 'explained' || name === 'changed' || name === 'answered'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
