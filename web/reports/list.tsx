import './reports.css'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { type Address, hrefOf, toParam } from './address.ts'
import { readReport } from './check.ts'
import { formatTime } from './format.ts'
import { allKept, forget, keep } from './store.ts'

/** One line of the list, wherever the report is. */
interface Row extends Address {
  title: string
  startedAt: string
  transports: readonly string[]
  runs: number
  where: string
}

/** `/reports`: what the server's folder holds, what this browser keeps, and a place to open a file. */
export function ReportList() {
  const rows = useSignal<readonly Row[] | undefined>(undefined)
  const problems = useSignal<readonly string[]>([])
  const chosen = useSignal<readonly string[]>([])

  const refresh = async () => {
    const found = await Promise.allSettled([onServer(), inBrowser()])
    problems.value = found.flatMap((part) => (part.status === 'rejected' ? [sentence(part.reason)] : []))
    rows.value = found.flatMap((part) => (part.status === 'fulfilled' ? part.value : []))
  }
  useEffect(() => void refresh(), [])

  const open = async (files: readonly File[]) => {
    const refused: string[] = []
    const opened: Address[] = []
    for (const file of files) {
      try {
        const report = readReport(await file.text())
        await keep(report, 'opened from a file')
        opened.push({ id: report.id, inBrowser: true })
      } catch (error) {
        refused.push(`${file.name}: ${sentence(error)}`)
      }
    }
    const [only] = opened
    if (only && files.length === 1) location.assign(hrefOf(only))
    else await refresh()
    problems.value = [...problems.value, ...refused]
  }

  const remove = async ({ id }: Row) => {
    await forget(id).catch((error) => {
      problems.value = [sentence(error)]
    })
    await refresh()
  }

  const choose = (param: string, on: boolean) => {
    // The third pushes out the first: two are compared.
    chosen.value = [...chosen.value.filter((each) => each !== param), ...(on ? [param] : [])].slice(-2)
  }

  return (
    <>
      <h1>Reports</h1>
      <p class="hint">
        What runs measured. The command line writes them to the server’s folder; those made or opened here
        stay in this browser.
      </p>
      <OpenFile onFiles={open} />
      <div role="alert">
        {problems.value.map((problem) => (
          <p key={problem} class="banner">
            {problem}
          </p>
        ))}
      </div>
      {rows.value && rows.value.length > 0 && (
        <section class="card evidence" aria-labelledby="list-title">
          <div class="list-head">
            <h2 id="list-title">All reports</h2>
            <CompareChosen chosen={chosen.value} rows={rows.value} />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section class="scroll" tabIndex={0} aria-label="Reports">
            <table class="reports">
              <thead>
                <tr>
                  <th scope="col">compare</th>
                  <th scope="col">scenario</th>
                  <th scope="col">begun</th>
                  <th scope="col">transports</th>
                  <th scope="col">runs</th>
                  <th scope="col">where</th>
                </tr>
              </thead>
              <tbody>
                {rows.value.map((row) => (
                  <Line
                    key={toParam(row)}
                    row={row}
                    chosen={chosen.value.includes(toParam(row))}
                    onChoose={(on) => choose(toParam(row), on)}
                    onRemove={() => remove(row)}
                  />
                ))}
              </tbody>
            </table>
          </section>
        </section>
      )}
      {rows.value?.length === 0 && (
        <section class="card evidence">
          <h2>No reports yet</h2>
          <p>
            Make one on the command line: <code>npm run bench -- run quiet-room</code>. It writes to{' '}
            <code>./reports</code>, which this server lists. Or test a <a href="/claims">claim</a> in this
            browser, or open a report’s .json file above.
          </p>
        </section>
      )}
    </>
  )
}

interface LineProps {
  row: Row
  chosen: boolean
  onChoose(on: boolean): void
  onRemove(): void
}

function Line({ row, chosen, onChoose, onRemove }: LineProps) {
  const about = `${row.title}, ${formatTime(row.startedAt)}`
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          checked={chosen}
          aria-label={`Compare ${about}`}
          onChange={({ currentTarget }) => onChoose(currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <a href={hrefOf(row)}>{row.title}</a>
        <small>{row.id}</small>
      </th>
      <td>
        <time dateTime={row.startedAt}>{formatTime(row.startedAt)}</time>
      </td>
      <td>
        <span class="marks">
          {row.transports.filter(isTransport).map((name) => (
            <span key={name} title={looks[name].label}>
              <Mark of={name} />
              <span class="unseen">{looks[name].label}</span>
            </span>
          ))}
        </span>
      </td>
      <td>{row.runs}</td>
      <td>
        {row.where}
        {row.inBrowser && (
          <button type="button" aria-label={`Delete ${about} from this browser`} onClick={onRemove}>
            Delete
          </button>
        )}
      </td>
    </tr>
  )
}

function CompareChosen({ chosen, rows }: { chosen: readonly string[]; rows: readonly Row[] }) {
  // What was measured earlier is the one to hold the other against.
  const [a, b] = rows
    .filter((row) => chosen.includes(toParam(row)))
    .sort((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt))
  if (!a || !b) return <p class="hint">Choose two to compare them.</p>
  return (
    <a class="button primary" href={`/compare?${new URLSearchParams({ a: toParam(a), b: toParam(b) })}`}>
      Compare these two
    </a>
  )
}

/** A place to drop files, and a picker for whoever does not drag. */
function OpenFile({ onFiles }: { onFiles(files: readonly File[]): void }) {
  const over = useSignal(false)
  const input = useRef<HTMLInputElement>(null)
  return (
    <section
      class="drop"
      aria-label="Open a report"
      data-over={over.value}
      onDragOver={(event) => {
        event.preventDefault()
        over.value = true
      }}
      onDragLeave={() => {
        over.value = false
      }}
      onDrop={(event) => {
        event.preventDefault()
        over.value = false
        onFiles([...(event.dataTransfer?.files ?? [])])
      }}
    >
      <label>
        <span>Open a report’s .json file, or drop it here</span>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          multiple
          onChange={() => {
            onFiles([...(input.current?.files ?? [])])
            // The same file may be chosen again once it is mended.
            if (input.current) input.current.value = ''
          }}
        />
      </label>
    </section>
  )
}

async function onServer(): Promise<Row[]> {
  const response = await fetch('/reports.json', { cache: 'no-store' })
  if (!response.ok)
    throw new Error(`The server’s list of reports cannot be read: it answered ${response.status}.`)
  const listed: Omit<Row, 'where' | 'inBrowser'>[] = await response.json()
  return listed.map((row) => ({ ...row, inBrowser: false, where: 'on the server' }))
}

async function inBrowser(): Promise<Row[]> {
  return (await allKept()).map(({ id, report, source }) => ({
    id,
    inBrowser: true,
    title: report.scenario.title,
    startedAt: report.startedAt,
    transports: report.scenario.transports,
    runs: report.runs.length,
    where: source,
  }))
}

const isTransport = (name: string): name is TransportName => transportNames.some((known) => known === name)

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))
