import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import type { View } from './preferences.ts'
import { themes } from './theme.ts'

/** The pages that stand in every header, in their order. */
const places = [
  { page: 'dashboard', href: '/', label: 'Dashboard' },
  { page: 'chat', href: '/chat', label: 'Chat' },
  { page: 'call', href: '/call', label: 'Call' },
  { page: 'learn', href: '/learn', label: 'Learn' },
  { page: 'lab', href: '/lab', label: 'Lab' },
  { page: 'claims', href: '/claims', label: 'Claims' },
  { page: 'reports', href: '/reports', label: 'Reports' },
  { page: undefined, href: '/docs', label: 'API' },
] as const

export type PageName = Exclude<(typeof places)[number]['page'], undefined>

interface BarProps {
  /** Where one is; absent on a page that is reached from another one alone. */
  page?: PageName
  view: View
  onView(change: Partial<View>): void
  /** The page's own controls: a row below, or before the tools where there is room for both. */
  children?: ComponentChildren
  /** The page's own tools, before theme and projector and after them. */
  tools?: ComponentChildren
  lastTools?: ComponentChildren
}

/** The header of every page. Its links load the page they name, so that no page has to clean up after itself. */
export function Bar({ page, view, onView, children, tools, lastTools }: BarProps) {
  return (
    <header class="bar">
      <a class="wordmark" href="/">
        Wireside
      </a>
      <nav aria-label="Pages">
        {places.map((place) => (
          <a
            key={place.href}
            href={place.href}
            aria-current={page !== undefined && place.page === page ? 'page' : undefined}
          >
            {place.label}
          </a>
        ))}
      </nav>
      <div class="tools">
        {tools}
        <ViewButtons view={view} onView={onView} />
        {lastTools}
      </div>
      {children && <div class="controls">{children}</div>}
    </header>
  )
}

/** Theme and projector mode. */
export function ViewButtons({ view, onView }: Pick<BarProps, 'view' | 'onView'>) {
  const { theme, projector } = view
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
  return (
    <>
      <button
        type="button"
        data-testid="theme"
        onClick={() => onView({ theme: next })}
        aria-label={`Theme: ${theme}. Change to ${next}`}
        title={`Theme: ${theme}`}
      >
        <Icon of="theme" />
        <span class="wide">{theme}</span>
      </button>
      <button
        type="button"
        class="square"
        data-testid="projector"
        aria-pressed={projector}
        aria-label="Projector mode"
        title="Projector mode (P)"
        onClick={() => onView({ projector: !projector })}
      >
        <Icon of="projector" />
      </button>
    </>
  )
}
