import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright/test'
import { htmlOf } from '../../scenarios/bench/report/html.ts'
import type { Report } from '../../scenarios/report.ts'
import { transportNames } from '../../server/contract/transports.ts'
import { noisyReport, scenarioOf } from '../support/reports.ts'
import { startServer } from '../support/server.ts'
import { seriousFindings } from './axe.ts'
import { test as base, expect } from './test.ts'

/** Reports as a person meets them. The figures are made up here; the pages, the server and the browser are real. */
const test = base.extend<{ folder: string; put(report: Report): Promise<void> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'wireside-reports-'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
  server: async ({ folder }, use) => {
    const server = await startServer({ reports: folder })
    await use(server)
    await server.close()
  },
  put: async ({ folder }, use) => {
    await use((report) => writeFile(join(folder, `${report.id}.json`), JSON.stringify(report)))
  },
})

/** Ten runs of each transport: short polling slowest, WebSocket at 10 ms; `slow` stretches all of them. */
function made(
  id: string,
  { slow = 1, seed = 1, ...changes }: Partial<Report> & { slow?: number } = {},
): Report {
  const scenario = changes.scenario ?? scenarioOf({ title: 'Busy room', repeat: 10 })
  const truth = { 'short-polling': 500, 'long-polling': 80, sse: 40, websocket: 10, 'socket-io': 20 }
  const report = noisyReport(scenario, seed, 0.02, (name) => ({
    p50: truth[name] * slow,
    bytes: 120,
    cpu: 0.02,
  }))
  return { ...report, ...changes, id, seed }
}

const sweep = scenarioOf({ title: 'Rate ladder', repeat: 3, sweep: { of: 'rate', values: [1, 10, 100] } })

const asFile = (name: string, content: string) => ({
  name,
  mimeType: 'application/json',
  buffer: Buffer.from(content),
})

const cell = (page: Page, transport: string, figure: string) =>
  page.getByRole('row', { name: transport }).locator(`[data-figure="${figure}"]`).first()

test('the list says what the folder holds, newest first, and opens it', async ({
  page,
  server,
  put,
  console,
}) => {
  await put(made('early', { startedAt: '2026-01-01T10:00:00Z' }))
  await put(made('late', { startedAt: '2026-01-02T10:00:00Z', scenario: sweep }))
  await page.goto(`${server.url}/`)
  await page.getByRole('link', { name: 'Reports' }).click()
  await expect(page.getByRole('heading', { name: 'Reports', level: 1 })).toBeVisible()
  await expect(page.getByRole('row').getByRole('link')).toHaveText(['Rate ladder', 'Busy room'])
  await page.getByRole('link', { name: 'Busy room' }).click()
  await expect(page).toHaveURL(`${server.url}/reports/early`)
  await expect(page.getByRole('heading', { name: 'Busy room', level: 1 })).toBeVisible()
  await expect(page.getByRole('region', { name: 'What the figures say' })).toContainText('Short polling')
  await expect(page.getByRole('region', { name: 'Validity' })).toContainText('All 50 runs are valid')
  await expect(page.locator('canvas')).toHaveCount(3)
  await expect(page.getByText('npm run bench -- run made-up')).toBeVisible()
  expect(console).toEqual([])
})

test('an empty folder says how to fill it', async ({ page, server, console }) => {
  await page.goto(`${server.url}/reports`)
  await expect(page.getByText('npm run bench -- run quiet-room')).toBeVisible()
  expect(console).toEqual([])
})

test('the baseline is 1.00, and stands in the address', async ({ page, server, put }) => {
  await put(made('one'))
  await page.goto(`${server.url}/reports/one`)
  await expect(cell(page, 'WebSocket', 'latency.p50')).toContainText('× 1.00')
  await page.getByLabel('1.00 is').selectOption('SSE')
  await expect(cell(page, 'SSE', 'latency.p50')).toContainText('× 1.00')
  await expect(cell(page, 'WebSocket', 'latency.p50')).toContainText('× 0.2')
  await expect(page).toHaveURL(/#baseline=sse$/)
  await page.reload()
  await expect(cell(page, 'SSE', 'latency.p50')).toContainText('× 1.00')
  await expect(page.getByLabel('1.00 is')).toHaveValue('sse')
})

test('a sweep shows each case, and every figure against what is swept', async ({
  page,
  server,
  put,
  console,
}) => {
  const report = made('ladder', { scenario: sweep })
  const runs = report.runs.map((run) => (run.case === 'rate=100' ? { ...run, lost: 7 } : run))
  await put({ ...report, runs })
  await page.goto(`${server.url}/reports/ladder`)
  const faults = page.getByRole('row', { name: 'SSE' }).first().locator('.faults')
  await expect(faults).toHaveText('0, 0, 0, 0')
  await page.getByRole('combobox', { name: 'Case' }).selectOption('100 messages a second')
  await expect(faults).toHaveText('21, 0, 0, 0')
  await expect(faults).toHaveAttribute('data-broken', 'true')
  const against = page.getByRole('region', { name: 'Against messages a second' })
  await expect(against.getByRole('img', { name: /Latency p50 of each transport/ })).toBeVisible()
  expect(console).toEqual([])
})

test('every figure says what it is, how it is got and who measured it', async ({ page, server, put }) => {
  await put(made('one'))
  await page.goto(`${server.url}/reports/one`)
  await page.getByRole('button', { name: 'overhead' }).click()
  const explanation = page.getByRole('dialog', { name: 'What is this?' })
  await expect(explanation).toContainText('less the entry’s own JSON')
  await expect(explanation).toContainText('measured by the server at its TCP sockets')
  await page.keyboard.press('Escape')
  await expect(explanation).toBeHidden()
})

test('what is wrong with a report is said before its figures', async ({ page, server, put }) => {
  const report = made('doubtful', { interrupted: true })
  const runs = report.runs.map((run) =>
    run.transport === 'sse' && run.repetition === 2 ? { ...run, invalid: 'The load was late.' } : run,
  )
  await put({ ...report, runs, environment: { ...report.environment, together: true } })
  await page.goto(`${server.url}/reports/doubtful`)
  const validity = page.getByRole('region', { name: 'Validity' })
  await expect(validity).toContainText('a demonstration, not a benchmark')
  await expect(validity).toContainText('It was ended early')
  await expect(validity).toContainText('SSE run 2: The load was late.')
  await expect(page.getByRole('row', { name: 'SSE' }).first()).toContainText('1 invalid')
})

test('a file that is no report is refused with a reason; one that is opens, stays and goes', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/reports`)
  const input = page.getByLabel('Open a report’s .json file')
  const newer = { ...made('newer'), version: 2 }
  await input.setInputFiles([
    asFile('notes.txt', 'hello'),
    asFile('package.json', '{"name":"wireside"}'),
    asFile('newer.json', JSON.stringify(newer)),
  ])
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('notes.txt: This is not JSON.')
  await expect(alert).toContainText('package.json: This is JSON, but no report')
  await expect(alert).toContainText('newer.json: This report has version 2')

  await input.setInputFiles([asFile('mine.json', JSON.stringify(made('mine')))])
  await expect(page.getByRole('heading', { name: 'Busy room', level: 1 })).toBeVisible()
  await page.goto(`${server.url}/reports`)
  await expect(page.getByRole('row', { name: /Busy room/ })).toContainText('opened from a file')
  await page.getByRole('button', { name: /Delete Busy room/ }).click()
  await expect(page.getByText('No reports yet')).toBeVisible()
  await page.reload()
  await expect(page.getByText('No reports yet')).toBeVisible()
  expect(console).toEqual([])
})

test('a file may be dropped', async ({ page, server }) => {
  await page.goto(`${server.url}/reports`)
  const dropped = await page.evaluateHandle(
    (text) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([text], 'mine.json', { type: 'application/json' }))
      return transfer
    },
    JSON.stringify(made('mine')),
  )
  await page.getByRole('region', { name: 'Open a report' }).dispatchEvent('drop', { dataTransfer: dropped })
  await expect(page.getByRole('heading', { name: 'Busy room', level: 1 })).toBeVisible()
})

test('two reports compare: no difference, and a difference, each said first', async ({
  page,
  server,
  put,
  console,
}) => {
  await put(made('one', { startedAt: '2026-01-01T10:00:00Z' }))
  await put(made('same', { seed: 2, startedAt: '2026-01-02T10:00:00Z' }))
  await put(made('slower', { seed: 3, slow: 1.3, startedAt: '2026-01-03T10:00:00Z' }))
  await page.goto(`${server.url}/reports`)
  const choose = (id: string) => page.getByRole('row', { name: id }).getByRole('checkbox').check()
  await choose('same')
  await choose('one')
  await page.getByRole('link', { name: 'Compare these two' }).click()
  await expect(page).toHaveURL(`${server.url}/compare?a=one&b=same`)
  const verdict = page.getByRole('region', { name: 'What the comparison says' })
  await expect(verdict.getByRole('listitem').first()).toContainText('No detectable difference')

  await page.goto(`${server.url}/compare?a=one&b=slower`)
  await expect(verdict.getByRole('listitem').first()).toContainText(
    /^10 of \d+ comparisons differ detectably/,
  )
  await expect(page.getByRole('row', { name: 'WebSocket Latency p50' })).toContainText('slower')
  await page.getByLabel('Only what differs').check()
  await expect(page.getByText('no detectable difference')).toHaveCount(0)
  await page.getByRole('link', { name: 'The other way round' }).click()
  await expect(page.getByRole('row', { name: 'WebSocket Latency p50' })).toContainText('faster')
  expect(console).toEqual([])
})

test('what differs besides the figures is said', async ({ page, server, put }) => {
  const one = made('one')
  await put(one)
  await put({ ...made('other'), environment: { ...one.environment, cpu: 'Another processor' } })
  await page.goto(`${server.url}/compare?a=one&b=other`)
  await expect(page.getByRole('region', { name: 'To know first' })).toContainText('"Another processor" after')
})

test('what is not there is said, with the way back', async ({ page, server }) => {
  for (const path of ['/reports/nothing', '/compare?a=nothing&b=nothing', '/compare']) {
    await page.goto(`${server.url}${path}`)
    await expect(page.getByRole('alert'), path).toContainText(
      /There is no report “nothing”|Choose two reports/,
    )
    await expect(page.getByRole('link', { name: 'All reports' }), path).toBeVisible()
  }
})

test('downloads hold the report whole, and a line for each run', async ({ page, server, put }) => {
  const report = made('one')
  await put(report)
  await page.goto(`${server.url}/reports/one`)
  const saved = async (name: string) => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name }).click()
    return readFile(await (await download).path(), 'utf8')
  }
  expect(JSON.parse(await saved('JSON, all of it'))).toEqual(report)
  const lines = (await saved('CSV, a line for each run')).trimEnd().split('\r\n')
  expect(lines).toHaveLength(1 + report.runs.length)
  expect(lines[0]).toContain('latency.p50 (ms)')
})

test('a report is a file of its own: offline, from disk, whatever its texts say', async ({
  page,
  folder,
  console,
}) => {
  const scenario = scenarioOf({
    title: '</script><img src=x onerror=alert(1)>',
    about: '<!-- <script> $& \u2028',
    repeat: 2,
  })
  const file = join(folder, 'one.html')
  await writeFile(file, htmlOf(made('one', { scenario })))
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('</script><img src=x onerror=alert(1)>')
  await expect(page.locator('canvas')).toHaveCount(3)
  expect(await page.locator('img').count()).toBe(0)
  await page.getByLabel('1.00 is').selectOption('SSE')
  await expect(cell(page, 'SSE', 'latency.p50')).toContainText('× 1.00')
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href])
  expect(await seriousFindings(page)).toEqual([])
  expect(console).toEqual([])
})

test('axe finds nothing serious, and nothing is cut off, in light and dark, wide and narrow', async ({
  page,
  server,
  put,
}) => {
  await put(made('one', { scenario: sweep }))
  // Another traffic, so that the warnings, long words without a space, stand there too.
  const busier = { ...sweep, traffic: { ...sweep.traffic, rate: 20 } }
  await put(made('two', { scenario: busier, seed: 2 }))
  for (const [theme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize({ width, height: 900 })
    for (const path of ['/reports', '/reports/one', '/compare?a=one&b=two']) {
      await page.goto(`${server.url}${path}`)
      await expect(page.getByRole('row').nth(2)).toBeVisible()
      expect(await seriousFindings(page), `${theme} ${path}`).toEqual([])
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(excess, `${theme} ${path}`).toBeLessThanOrEqual(0)
    }
  }
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.goto(`${server.url}/reports/one`)
  await page.getByTestId('projector').click()
  await expect(page.locator('[data-projector="true"]')).toBeAttached()
  const beyond = await page
    .locator('.scroll:has(> .summary)')
    .evaluate((box) => box.scrollWidth - box.clientWidth)
  expect(beyond, 'of the figures, projected').toBe(0)
})

test('the keyboard opens a report; theme and projector go along from page to page', async ({
  page,
  server,
  put,
}) => {
  await put(made('one'))
  await page.goto(`${server.url}/reports`)
  await expect(page.getByRole('link', { name: 'Busy room' })).toBeVisible()
  await page.keyboard.press('p')
  await page.getByTestId('theme').click()
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press('Tab')
    if (
      await page.getByRole('link', { name: 'Busy room' }).evaluate((link) => link === document.activeElement)
    )
      break
  }
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`${server.url}/reports/one`)
  await expect(page.locator('[data-projector="true"]')).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('light')
  // The dashboard's link says so too; its own choice is remembered in turn.
  await page.goto(`${server.url}/`)
  await expect(page).toHaveURL(/theme=light&projector=1/)
  // Before its lanes run it does not listen to keys either.
  await expect(page.locator('[data-lane="sse"]')).toHaveAttribute('data-state', 'open')
  await page.keyboard.press('p')
  await expect(page).not.toHaveURL(/projector=1/)
  await page.goto(`${server.url}/reports`)
  await expect(page.getByRole('link', { name: 'Busy room' })).toBeVisible()
  await expect(page.locator('[data-projector="true"]')).toHaveCount(0)
})

test('a page beside the dashboard opens no lane', async ({ page, server, put }) => {
  await put(made('one'))
  await page.goto(`${server.url}/reports/one`)
  await expect(page.locator('canvas').first()).toBeVisible()
  const tallies = await server.meter()
  expect(transportNames.map((name) => tallies[name].requests)).toEqual([0, 0, 0, 0, 0])
})
