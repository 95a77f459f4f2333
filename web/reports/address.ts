import type { Report } from '../../scenarios/report.ts'
import { readReport } from './check.ts'
import { kept } from './store.ts'

/** Where a report is to be found: on the server, or kept by this browser. */
export interface Address {
  id: string
  /** Only what the browser keeps; otherwise the server is asked first. */
  inBrowser: boolean
}

const PREFIX = 'browser:'

/** As it stands in a query, like `/compare?a=busy-room-1&b=browser:busy-room-2`. */
export const toParam = ({ id, inBrowser }: Address): string => (inBrowser ? `${PREFIX}${id}` : id)

export const fromParam = (text: string): Address =>
  text.startsWith(PREFIX)
    ? { id: text.slice(PREFIX.length), inBrowser: true }
    : { id: text, inBrowser: false }

/** The page of a report. */
export const hrefOf = ({ id, inBrowser }: Address): string => `/reports/${id}${inBrowser ? '?kept' : ''}`

/** Finds a report and checks it. Rejects with a sentence that says what to do. */
export async function load({ id, inBrowser }: Address): Promise<Report> {
  const response = inBrowser ? undefined : await fetch(`/reports/${encodeURIComponent(id)}.json`)
  if (response?.ok) return readReport(await response.text())
  const own = await kept(id).catch(() => undefined)
  if (own) return own.report
  throw new Error(
    `There is no report “${id}”, neither in the server’s folder nor in this browser. The list says what there is.`,
  )
}
