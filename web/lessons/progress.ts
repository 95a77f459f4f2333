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

/** A function declaration, because the module reads what was kept before it comes to its end. */
function isProgress(value: unknown): value is Progress {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => typeof each === 'object' && each !== null)
  )
}
