import { catalogue } from '../../scenarios/catalogue/index.ts'
import { conditionsOf } from '../../scenarios/network.ts'
import type { Scenario } from '../../scenarios/scenario.ts'
import { type ForBrowser, forBrowser, pageLimits } from '../experiments/for-browser.ts'
import { CLEAR, networkOf } from '../network/conditions.ts'
import type { Settings } from './hash.ts'

/** What of a scenario the dashboard takes over. The rest (how long, how often, one lane at a time) is a benchmark's. */
export type Taken = Pick<Settings, 'rate' | 'every' | 'arrivals' | 'burst' | 'payload' | 'network'>

/** The dashboard has no schedule of its own for what goes wrong. */
const BY_HAND = 'Here what goes wrong is done by hand: pick the network, then cut or stall the lanes.'

/** Each lane of the dashboard is one reader, and the page is the one publisher. */
const limits = { ...pageLimits, readers: 1, publishers: 1, seconds: 3_600, warmUp: 600 }

export const scenarioNames: readonly string[] = catalogue.map(({ name }) => name)

/** Every scenario of the catalogue, as the dashboard can show it or with the reason why it cannot. */
export const offers: readonly { original: Scenario; here: ForBrowser }[] = catalogue.map((original) => ({
  original,
  here: original.faults && !original.notInBrowser ? { reason: BY_HAND } : forBrowser(original, limits),
}))

/** The scenario of that name as the dashboard shows it; nothing where there is none that it can show. */
export function shownScenario(name: string): { scenario: Scenario; changed: string[] } | undefined {
  const here = offers.find(({ original }) => original.name === name)?.here
  return here && 'scenario' in here ? here : undefined
}

/** What choosing a scenario sets; nothing for free play. */
export function taken(name: string): Partial<Taken> {
  const scenario = shownScenario(name)?.scenario
  return scenario ? settingsOf(scenario) : {}
}

/** Free play: messages as the dashboard says them by itself, at the rate and the interval that stand. */
export const freePlay: Omit<Taken, 'rate' | 'every'> = {
  arrivals: 'slots',
  burst: 2,
  payload: 'conversation',
  network: CLEAR,
}

export function settingsOf(scenario: Scenario): Taken {
  const { traffic, interval } = scenario
  const conditions = conditionsOf(scenario)
  const { rate, arrivals, burst, payload } = traffic
  return {
    rate,
    every: interval,
    arrivals,
    burst: burst ?? 2,
    payload,
    network: conditions ? networkOf(conditions) : CLEAR,
  }
}

/** What to type to run it whole. */
export const commandOf = (name: string): string => `npm run bench -- run ${name}`
