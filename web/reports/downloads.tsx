import type { Report } from '../../scenarios/report.ts'
import { csvOf } from '../../scenarios/stats/csv.ts'
import { download } from '../ui/files.ts'
import { Icon } from '../ui/icon.tsx'

/** The same figures as files: all of it as JSON, a line for each run as CSV. */
export function Downloads({ report }: { report: Report }) {
  return (
    <p class="downloads">
      <button
        type="button"
        onClick={() =>
          download(`${report.id}.json`, 'application/json', `${JSON.stringify(report, undefined, 2)}\n`)
        }
      >
        <Icon of="download" />
        JSON, all of it
      </button>
      <button type="button" onClick={() => download(`${report.id}.csv`, 'text/csv', csvOf(report))}>
        <Icon of="download" />
        CSV, a line for each run
      </button>
    </p>
  )
}
