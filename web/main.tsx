import './ui/tokens.css'
import './ui/controls.css'
import './ui/page.css'
import { computed } from '@preact/signals'
import { render } from 'preact'
import { pageOf } from './pages.ts'
import { rememberedView } from './ui/preferences.ts'
import { Shell } from './ui/shell.tsx'
import { wearTheme } from './ui/theme.ts'

/** Finds the page for the address and loads its code, and no other page's. */
const view = rememberedView()
wearTheme(computed(() => view.value.theme))

const page = document.getElementById('page')
const found = pageOf(location.pathname)
if (page && found) {
  const { entry, props } = found
  document.title = `${entry.title} · Wireside`
  const Page = await entry.load()
  render(
    <Shell page={entry.name} view={view}>
      <Page {...props} />
    </Shell>,
    page,
  )
} else if (page) {
  const { startDashboard } = await import('./dashboard/start.tsx')
  startDashboard(page, view)
}
