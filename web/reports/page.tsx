import './reports.css'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Report } from '../../scenarios/report.ts'
import type { PageProps } from '../pages.ts'
import { load } from './address.ts'
import { ReportView } from './view.tsx'

/** `/reports/:id`: one report, from the server or out of this browser. */
export function ReportPage({ id = '' }: PageProps) {
  const report = useSignal<Report | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => {
    load({ id, inBrowser: location.search === '?kept' }).then(
      (found) => {
        report.value = found
        document.title = `${found.scenario.title} · Wireside`
      },
      (error) => {
        problem.value = error instanceof Error ? error.message : String(error)
      },
    )
  }, [id])
  if (report.value) return <ReportView report={report.value} />
  return (
    <>
      <h1>Report</h1>
      <div role="alert">{problem.value && <p class="banner">{problem.value}</p>}</div>
      <p>{problem.value ? <a href="/reports">All reports</a> : 'Reading the report …'}</p>
    </>
  )
}
