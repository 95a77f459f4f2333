import { effect, type Signal, signal } from '@preact/signals'
import type { Verdict } from '../../scenarios/claims/claim.ts'

/** What a claim's test came to in this browser. */
export interface Result {
  verdict: Verdict
  /** When, ms since 1970. */
  at: number
  /** The browser and the system it ran on. */
  machine: string
  /** The report's id. */
  report: string
  /** Whether this browser keeps the report; else it is lost with the page. */
  kept: boolean
  /** What was made smaller for the page. */
  changed: string[]
}

export type Results = Readonly<Record<string, Result>>

const KEY = 'wireside-claims'

/** The results that this browser keeps, by the claim's id. */
export function keptResults(): Signal<Results> {
  const results = signal(read())
  effect(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify(results.value))
    } catch {
      // Storage may be blocked, or full: then results last as long as the page.
    }
  })
  return results
}

function read(): Results {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return Object.fromEntries(Object.entries(kept as object).filter(([, result]) => isResult(result)))
  } catch {
    // Nothing kept, or nothing of ours.
    return {}
  }
}

/** A result kept by another version must not break the page. */
export function isResult(value: unknown): value is Result {
  if (typeof value !== 'object' || value === null) return false
  const { verdict, at, machine, report, changed } = value as Partial<Result>
  return (
    typeof at === 'number' &&
    typeof machine === 'string' &&
    typeof report === 'string' &&
    Array.isArray(changed) &&
    typeof verdict === 'object' &&
    verdict !== null &&
    typeof verdict.verdict === 'string' &&
    typeof verdict.because === 'string' &&
    Array.isArray(verdict.figures)
  )
}
