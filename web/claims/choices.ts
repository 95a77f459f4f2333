import type { Claim, Verdict } from '../../scenarios/claims/claim.ts'
import type { Results } from './results.ts'

/** How a claim stands in this browser. */
export type Standing = Verdict['verdict'] | 'not yet tested here'

export const standings: readonly Standing[] = [
  'not yet tested here',
  'holds',
  'does not hold',
  'depends',
  'not enough data',
]

/** What somebody has chosen to see. It stands in the address, so that a view can be passed on. */
export interface Choices {
  standing: Standing | ''
  /** What the claim must contain. */
  text: string
  /** One claim by itself. */
  claim: string
}

export const everything: Choices = { standing: '', text: '', claim: '' }

/** Reads `#standing=holds&text=poll`. What makes no sense is left out: a link must always open. */
export function readChoices(hash: string, claims: readonly Claim[]): Choices {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  return {
    standing: standings.find((standing) => standing === given.get('standing')) ?? '',
    text: given.get('text') ?? '',
    claim: claims.find(({ id }) => id === given.get('claim'))?.id ?? '',
  }
}

/** Only what was chosen. */
export function writeChoices(choices: Choices): string {
  const query = new URLSearchParams(Object.entries(choices).filter(([, value]) => value !== '')).toString()
  return query && `#${query}`
}

export const standingOf = (id: string, results: Results): Standing =>
  results[id]?.verdict.verdict ?? 'not yet tested here'

/** The claims that were asked for, in their order. */
export function chosen(claims: readonly Claim[], choices: Choices, results: Results): readonly Claim[] {
  if (choices.claim) return claims.filter(({ id }) => id === choices.claim)
  const words = choices.text.toLowerCase().split(/\s+/).filter(Boolean)
  return claims.filter((claim) => {
    const text = [claim.id, claim.sentence, claim.said, claim.nuance].join(' ').toLowerCase()
    const stands = !choices.standing || standingOf(claim.id, results) === choices.standing
    return stands && words.every((word) => text.includes(word))
  })
}
