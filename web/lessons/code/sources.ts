/**
 * The real source files, as text, from the moment of the build: those of both ends of the wire and of what lessons name.
 * Only their text is here; nothing of the server is imported as code. Each is loaded when it is looked at.
 */
const files: Record<string, () => Promise<string>> = {
  ...import.meta.glob<string>(
    [
      '../../../server/{transports,feed,lessons,link,people}/**/*.ts',
      '../../../server/{door,echo,lab,limits}.ts',
      '../../../server/people/presence.ts',
      '../../../scenarios/lessons/choosing.ts',
      '!**/*.test.ts',
    ],
    { query: '?raw', import: 'default' },
  ),
  ...import.meta.glob<string>('../../../scenarios/lessons/snippets/*.{sh,py,java}', {
    query: '?raw',
    import: 'default',
  }),
  ...import.meta.glob<string>(
    [
      '../../transports/*.ts',
      '../../inspector/*.ts',
      '../../call/*.ts',
      '../../lab/clients.ts',
      '../raw-socket.ts',
      '../figures/*-run.ts',
      '../broken/*.ts',
      '../figures/bare-event-source.ts',
      '!**/*.test.ts',
    ],
    { query: '?raw', import: 'default' },
  ),
}

/** The text of a file by its path from the root, like `server/transports/sse.ts`. Rejects for one that is not here. */
export async function sourceOf(path: string): Promise<string> {
  const key = keyOf(path)
  const load = key && files[key]
  if (!load) throw new Error(`${path} is not among the sources that lessons show.`)
  return load()
}

const keyOf = (path: string): string | undefined => Object.keys(files).find((key) => rootOf(key) === path)

/** Vite names files as seen from here. */
function rootOf(key: string): string {
  return new URL(key, 'file:///web/lessons/code/').pathname.slice(1)
}
