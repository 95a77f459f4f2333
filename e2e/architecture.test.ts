import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/**
 * The arrows between folders. A learner may read any folder without those that lie after it; what an arrow forbids
 * would make two programs one.
 */
const rules: { from: RegExp; may: RegExp; because: string }[] = [
  { from: /^server\/contract\//, may: /^server\/contract\//, because: 'the wire imports nothing of ours' },
  { from: /^server\//, may: /^server\//, because: 'the server knows neither its pages nor its experiments' },
  {
    from: /^web\//,
    may: /^(web\/|server\/contract\/|scenarios\/(?!bench\/))/,
    because: 'a page knows the wire and the experiments, not the server nor the command line',
  },
  {
    from: /^web\/(network|transports|ui)\//,
    may: /^(web\/(network|transports|ui)\/|server\/contract\/|scenarios\/(?!bench\/))/,
    because: 'what pages share knows none of them',
  },
  {
    from: /^scenarios\/(?!bench\/)/,
    may: /^(scenarios\/(?!bench\/)|server\/contract\/)/,
    because: 'an experiment is data, and what is read off it needs no machine',
  },
]

const root = resolve(import.meta.dirname, '..')
const sources = ['server', 'web', 'scenarios'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && /\.tsx?$/.test(file.name) && !/\.test\.tsx?$/.test(file.name))
    .map((file) => relative(root, join(file.parentPath, file.name)).replaceAll('\\', '/')),
)

/** Relative imports of a file, as paths from the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(([, path = '']) =>
    relative(root, resolve(root, dirname(file), path)).replaceAll('\\', '/'),
  )
}

test('no import goes against the arrows', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file).flatMap((target) =>
      rules
        .filter(({ from, may }) => from.test(file) && !may.test(target))
        .map(({ because }) => `${file} imports ${target}: ${because}`),
    ),
  )
  expect(wrong).toEqual([])
})

test('the imports were found', () => {
  expect(importsOf('server/app.ts')).toContain('server/feed/feed.ts')
  expect(sources.length).toBeGreaterThan(30)
})

test('a transport has the same name at both ends of the wire', () => {
  const names = (folder: string) =>
    sources.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length))
  for (const name of ['short-polling.ts', 'long-polling.ts', 'sse.ts', 'websocket.ts', 'socket-io.ts']) {
    expect(names('server/transports/')).toContain(name)
    expect(names('web/transports/')).toContain(name)
  }
})

test('the browser gets types, not schemas: no page imports the validators at run time', () => {
  const wrong = sources
    .filter((file) => file.startsWith('web/'))
    .filter((file) =>
      /^import (?!type)[^']*?from '[./]*(server\/contract\/(wire|validate|errors)|scenarios\/(scenario|report|check))\.ts'/m.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    )
  expect(wrong).toEqual([])
})
