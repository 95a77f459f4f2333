import { mkdir, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from './app.ts'

let outside: string
let folder: string
let app: FastifyInstance
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'reports-'))
  folder = join(outside, 'reports')
  await mkdir(folder)
  app = await createApp({ reports: folder })
})
afterEach(async () => {
  await app.close()
  await rm(outside, { recursive: true })
})

const report = (startedAt: string, title = 'Quiet room') => ({
  version: 1,
  scenario: { title, transports: ['sse', 'websocket'] },
  startedAt,
  runs: [{}, {}, {}],
})
const put = (name: string, content: unknown) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
const list = async () => (await app.inject('/reports.json')).json() as { id: string }[]

describe('the list', () => {
  test('says what there is, newest first', async () => {
    await put('early.json', report('2026-01-01T10:00:00Z'))
    await put('late.json', report('2026-01-02T10:00:00Z', 'Busy room'))
    expect(await list()).toEqual([
      {
        id: 'late',
        title: 'Busy room',
        startedAt: '2026-01-02T10:00:00Z',
        transports: ['sse', 'websocket'],
        runs: 3,
      },
      {
        id: 'early',
        title: 'Quiet room',
        startedAt: '2026-01-01T10:00:00Z',
        transports: ['sse', 'websocket'],
        runs: 3,
      },
    ])
  })

  test.each([
    ['a file of another kind', 'a.csv', 'a,b'],
    ['JSON that is cut short', 'a.json', '{"version":1,"sce'],
    ['JSON of somebody else', 'package.json', { name: 'wireside', version: '1.0.0' }],
    ['null', 'a.json', 'null'],
    ['another version', 'a.json', { ...report('2026-01-01T10:00:00Z'), version: 2 }],
    ['a report without runs', 'a.json', { ...report('2026-01-01T10:00:00Z'), runs: undefined }],
    ['a report of no known day', 'a.json', report('yesterday')],
    ['a name that is no id', 'Report (1).json', report('2026-01-01T10:00:00Z')],
    ['a hidden file', '.a.json', report('2026-01-01T10:00:00Z')],
  ])('leaves out %s', async (_name, file, content) => {
    await put(file, content)
    await put('good.json', report('2026-01-01T10:00:00Z'))
    expect((await list()).map(({ id }) => id)).toEqual(['good'])
    const id = file.replace(/\.json$/, '')
    expect((await app.inject(`/reports/${encodeURIComponent(id)}.json`)).statusCode).toBe(404)
  })

  test('leaves out what is larger than 20 MB', async () => {
    await put('large.json', JSON.stringify(report('2026-01-01T10:00:00Z')).padEnd(20_000_001))
    expect(await list()).toEqual([])
    await truncate(join(folder, 'large.json'), 20_000_000)
    expect((await list()).map(({ id }) => id)).toEqual(['large'])
  })

  test('follows the folder: what is written, rewritten and removed', async () => {
    await put('a.json', report('2026-01-01T10:00:00Z', 'One'))
    expect(await list()).toMatchObject([{ title: 'One' }])
    await put('a.json', report('2026-01-01T10:00:00Z', 'Two, after a second look'))
    expect(await list()).toMatchObject([{ title: 'Two, after a second look' }])
    await rm(join(folder, 'a.json'))
    expect(await list()).toEqual([])
  })

  test('is bounded: of more than 200, the oldest are left out', async () => {
    for (let n = 0; n < 203; n++) {
      await put(`r${n}.json`, report('2026-01-01T10:00:00Z'))
      await utimes(join(folder, `r${n}.json`), 1_000 + n, 1_000 + n)
    }
    const ids = (await list()).map(({ id }) => id)
    expect(ids).toHaveLength(200)
    expect(ids).not.toContain('r2')
    expect(ids).toContain('r3')
  })

  test('of a folder that is not there, or not named, is empty', async () => {
    await rm(folder, { recursive: true })
    expect(await list()).toEqual([])
    const without = await createApp()
    expect((await without.inject('/reports.json')).json()).toEqual([])
    await without.close()
  })
})

describe('one report', () => {
  test('is the file, byte for byte', async () => {
    const text = `${JSON.stringify(report('2026-01-01T10:00:00Z'), undefined, 2)}\n`
    await put('a-1.json', text)
    const answer = await app.inject('/reports/a-1.json')
    expect(answer.body).toBe(text)
    expect(answer.headers['content-type']).toBe('application/json')
  })

  test('that is not there is 404, and says where to look', async () => {
    const answer = await app.inject('/reports/nothing.json')
    expect(answer.statusCode).toBe(404)
    expect(answer.json().error).toEqual({
      code: 'not-found',
      message: 'There is no report "nothing" here. GET /reports.json lists what there is.',
    })
  })

  test.each([
    '..%2fsecret',
    '%2e%2e%2fsecret',
    '..%5csecret',
    'a%00',
    'sub%2fa',
    '.hidden',
    'A',
    `${'a'.repeat(129)}`,
  ])('named %s is not looked for', async (id) => {
    await put('../secret.json', report('2026-01-01T10:00:00Z'))
    const answer = await app.inject(`/reports/${id}.json`)
    expect([400, 403, 404]).toContain(answer.statusCode)
    expect(answer.body).not.toContain('scenario')
  })
})

test('both are described at /docs', async () => {
  const { paths } = (await app.inject('/docs/json')).json()
  expect(Object.keys(paths).filter((path) => path.startsWith('/reports'))).toEqual([
    '/reports.json',
    '/reports/{id}.json',
  ])
  expect(paths['/reports/{id}.json'].get.tags).toEqual(['beside'])
})
