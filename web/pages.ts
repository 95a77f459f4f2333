import type { ComponentType } from 'preact'
import type { PageName } from './ui/bar.tsx'

/** What a page is given: the last part of its path, if it has one. */
export interface PageProps {
  id?: string
}

export interface PageEntry {
  /** Its place in the header; absent where it has none. */
  name?: PageName
  title: string
  /** The server gives index.html for these paths, and for no others (server/pages.ts). */
  path: RegExp
  /** The code of this page alone. It renders what goes into `<main>`. */
  load(): Promise<ComponentType<PageProps>>
}

/** Every page but the dashboard, which is its own whole (dashboard/start.tsx). */
export const pages: readonly PageEntry[] = [
  {
    name: 'chat',
    title: 'Chat',
    path: /^\/chat$/,
    load: async () => (await import('./chat/page.tsx')).ChatPage,
  },
  {
    name: 'call',
    title: 'Call',
    path: /^\/call$/,
    load: async () => (await import('./call/page.tsx')).CallPage,
  },
  {
    name: 'reports',
    title: 'Reports',
    path: /^\/reports$/,
    load: async () => (await import('./reports/list.tsx')).ReportList,
  },
  {
    name: 'reports',
    title: 'Report',
    path: /^\/reports\/(?<id>[^/]+)$/,
    load: async () => (await import('./reports/page.tsx')).ReportPage,
  },
  {
    name: 'reports',
    title: 'Compare',
    path: /^\/compare$/,
    load: async () => (await import('./reports/compare.tsx')).Compare,
  },
  {
    name: 'claims',
    title: 'Claims',
    path: /^\/claims$/,
    load: async () => (await import('./claims/claims.tsx')).Claims,
  },
  {
    name: 'learn',
    title: 'Learn',
    path: /^\/learn$/,
    load: async () => (await import('./lessons/list.tsx')).LessonList,
  },
  {
    name: 'learn',
    title: 'The same feed from other languages',
    path: /^\/learn\/other-languages$/,
    load: async () => (await import('./lessons/other-languages.tsx')).OtherLanguages,
  },
  {
    name: 'learn',
    title: 'Lesson',
    path: /^\/learn\/(?<id>[a-z0-9-]+)$/,
    load: async () => (await import('./lessons/page.tsx')).LessonPage,
  },
  {
    name: 'learn',
    title: 'For teachers',
    path: /^\/learn\/(?<id>[a-z0-9-]+)\/teacher$/,
    load: async () => (await import('./lessons/teacher.tsx')).TeacherPage,
  },
  {
    name: 'lab',
    title: 'Lab',
    path: /^\/lab$/,
    load: async () => (await import('./lab/lab.tsx')).Lab,
  },
  {
    title: 'The two sockets',
    path: /^\/docs\/sockets$/,
    load: async () => (await import('./docs/sockets.tsx')).Sockets,
  },
  {
    title: 'Inspector',
    path: /^\/inspector$/,
    load: async () => (await import('./inspector/page.tsx')).InspectorPage,
  },
]

/** The page of a path, or nothing: then it is the dashboard's. */
export function pageOf(path: string): { entry: PageEntry; props: PageProps } | undefined {
  for (const entry of pages) {
    const found = entry.path.exec(path)
    if (found) return { entry, props: found.groups ?? {} }
  }
  return undefined
}
