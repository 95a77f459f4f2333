import './ui/tokens.css'
import './ui/controls.css'
import './ui/page.css'
import './reports/reports.css'
import { computed } from '@preact/signals'
import { render } from 'preact'
import { readReport } from './reports/check.ts'
import { ReportView } from './reports/view.tsx'
import { ViewButtons } from './ui/bar.tsx'
import { ExplanationPopover } from './ui/explain.tsx'
import { rememberedView } from './ui/preferences.ts'
import { listenForProjector } from './ui/shell.tsx'
import { wearTheme } from './ui/theme.ts'

/** A report as a file of its own: the page of `/reports/:id` with its data inside, to open, attach and keep. */
const view = rememberedView()
const change = (changes: Partial<typeof view.value>) => {
  view.value = { ...view.peek(), ...changes }
}

function File({ text }: { text: string }) {
  return (
    <div class="page" data-projector={view.value.projector}>
      <header class="bar">
        <span class="wordmark">Wireside</span>
        <div class="tools">
          <ViewButtons view={view.value} onView={change} />
        </div>
      </header>
      <main class="sheet">
        <Content text={text} />
      </main>
      <ExplanationPopover />
    </div>
  )
}

function Content({ text }: { text: string }) {
  try {
    const report = readReport(text)
    document.title = `${report.scenario.title} · Wireside`
    return <ReportView report={report} />
  } catch (error) {
    return (
      <>
        <h1>Report</h1>
        <p class="banner">{error instanceof Error ? error.message : String(error)}</p>
      </>
    )
  }
}

const page = document.getElementById('page')
const text = document.getElementById('report')?.textContent ?? ''
if (page) {
  render(<File text={text} />, page)
  wearTheme(computed(() => view.value.theme))
  listenForProjector(() => change({ projector: !view.peek().projector }))
}
