/** Prose, compiled by `web/mdx.ts`: it is handed the components that its tags stand for. */
declare module '*.mdx' {
  import type { FunctionComponent } from 'preact'

  const Prose: FunctionComponent<{ components: Readonly<Record<string, unknown>> }>
  export default Prose
}
