import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import type { Locator, Page } from 'playwright/test'
import { Report } from '../../scenarios/report.ts'
import { until } from '../support/until.ts'
import { seriousFindings } from './axe.ts'
import { expect, test } from './test.ts'

/** The claims page in a real browser: real runs, a real server, a verdict at the end. */
const claim = (page: Page, id: string) => page.locator(`[data-claim="${id}"]`)
const standing = (card: Locator) => card.getByTestId('standing')

/** One transport, a few seconds. */
const QUICK = 'ws-no-http-overhead'
const IN_A_PAGE = 'polling-half-interval'
const NOT_IN_A_PAGE = 'new-connection-per-request'

/** Tests a claim to a verdict. Where the machine was too busy the page says so, and one tests again. */
async function toVerdict(card: Locator): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    await card.getByRole('button', { name: /^Test/ }).click()
    await expect(card.getByRole('button', { name: 'Cancel' })).toBeVisible()
    await expect(card.getByRole('button', { name: 'Test again' })).toBeEnabled({ timeout: 60_000 })
    if ((await standing(card).getAttribute('data-standing')) !== 'not enough data') return
  }
}

test('a claim is tested in the page: real runs, a verdict, the figures and the report behind it', async ({
  page,
  server,
  console,
}) => {
  const elsewhere: string[] = []
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== server.url) {
      elsewhere.push(request.url())
    }
  })
  await page.goto(`${server.url}/claims`)
  const card = claim(page, QUICK)
  await expect(standing(card)).toHaveAttribute('data-standing', 'not yet tested here')
  await toVerdict(card)

  // After the handshake no HTTP crosses a WebSocket: this verdict does not depend on the machine.
  await expect(standing(card)).toHaveAttribute('data-standing', 'holds')
  await expect(card.getByText('0 B', { exact: true })).toBeVisible()
  await expect(card.getByText('measured here').first()).toBeVisible()
  await expect(card.getByText('quoted').first()).toBeVisible()

  const download = page.waitForEvent('download')
  await card.getByRole('button', { name: 'Download it' }).click()
  const report: Report = JSON.parse(readFileSync(await (await download).path(), 'utf8'))
  const validate = new Ajv({ strict: false }).compile(Report)
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true)
  expect(report.environment).toMatchObject({ where: 'browser', together: false, loopback: true })
  const [run] = report.runs
  expect(run).toMatchObject({ transport: 'websocket', readers: 4, lost: 0, duplicated: 0, reordered: 0 })
  expect(run?.published).toBeGreaterThan(0)
  expect(run?.delivered).toBe((run?.published ?? 0) * 4)
  // What the page was given and what the server's sockets carried are the same entries.
  expect(run?.readersTally).toMatchObject({ entriesOut: run?.delivered, entriesIn: 0, open: 4, upgrades: 0 })
  expect(run?.publishersTally).toMatchObject({ entriesIn: run?.published, entriesOut: 0 })
  expect(run?.latency.n).toBe(run?.delivered)

  // The result outlives the page, and so does the report.
  await page.reload()
  await expect(standing(card)).toHaveAttribute('data-standing', 'holds')
  await expect(card.getByRole('link', { name: 'Open the report' })).toHaveAttribute('href', /kept$/)
  await expect(page.getByText(/1 of \d+ tested in this browser/)).toBeVisible()
  expect(elsewhere).toEqual([])
  expect(console).toEqual([])
})

test('one claim is tested at a time, and Cancel lets go of everything', async ({ page, server, console }) => {
  await page.goto(`${server.url}/claims`)
  const card = claim(page, QUICK)
  await card.getByRole('button', { name: 'Test it here' }).click()
  await until('its readers and publisher are connected', () => server.app.websocketServer.clients.size === 5)
  await expect(claim(page, IN_A_PAGE).getByRole('button', { name: 'Test it here' })).toBeDisabled()
  await card.getByRole('button', { name: 'Cancel' }).click()
  await until('the server has no socket any more', () => server.app.websocketServer.clients.size === 0)
  await expect(standing(card)).toHaveAttribute('data-standing', 'not yet tested here')
  await expect(claim(page, IN_A_PAGE).getByRole('button', { name: 'Test it here' })).toBeEnabled()
  expect(console).toEqual([])
})

test('where the server is gone, the test says so', async ({ page, server }) => {
  await page.goto(`${server.url}/claims`)
  const card = claim(page, QUICK)
  // The page's own code is loaded when it is there to be seen.
  await expect(card.getByRole('button', { name: 'Test it here' })).toBeEnabled()
  await server.close()
  await card.getByRole('button', { name: 'Test it here' }).click()
  await expect(card.getByText(/It came to nothing: .*does not answer/)).toBeVisible()
  await expect(card.getByRole('button', { name: 'Test it here' })).toBeEnabled()
})

test('what a page cannot test says why, and what to type', async ({ page, server }) => {
  await page.goto(`${server.url}/claims`)
  const card = claim(page, NOT_IN_A_PAGE)
  await expect(card.getByText(/^Not in a page: .{20,}/)).toBeVisible()
  await expect(card.getByText(`npm run bench -- claims ${NOT_IN_A_PAGE}`)).toBeVisible()
  await expect(card.getByRole('button', { name: /^Test/ })).toHaveCount(0)
})

test('what is shown stands in the address, and the keyboard goes from claim to claim', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/claims#text=polling-half-interval`)
  await expect(page.locator('[data-claim]')).toHaveCount(1)
  await expect(claim(page, IN_A_PAGE)).toBeVisible()
  await page.getByRole('searchbox').fill('')
  await expect(page).toHaveURL(/claims$/)
  await page.getByLabel('Verdict').selectOption('depends')
  await expect(page).toHaveURL(/standing=depends/)
  await page.reload()
  await expect(page.getByText('No claim is like that.')).toBeVisible()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('heading', { name: 'Claims' }).click()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()

  await claim(page, NOT_IN_A_PAGE)
    .getByRole('button', { name: /^Show only/ })
    .click()
  await expect(page.locator('[data-claim]')).toHaveCount(1)
  await expect(page).toHaveURL(new RegExp(`claim=${NOT_IN_A_PAGE}`))
  await page.keyboard.press('ArrowRight')
  await expect(claim(page, NOT_IN_A_PAGE)).toHaveCount(0)
  await page.keyboard.press('ArrowLeft')
  await expect(claim(page, NOT_IN_A_PAGE)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/claims$/)
  expect(console).toEqual([])
})

test('axe finds nothing serious, in light and in dark, and a phone scrolls one way only', async ({
  page,
  server,
  console,
}) => {
  // A result of each kind, as this browser would have kept it.
  await page.addInitScript(() => {
    const result = (verdict: string) => ({
      verdict: {
        verdict,
        because: 'A sentence that carries the figures, of some length, as they do.',
        figures: [{ label: 'A figure, rate=10', value: 12.34, unit: 'ms', origin: 'measured' }],
      },
      at: 0,
      machine: 'a browser on a system',
      report: 'no-such-report',
      kept: false,
      changed: [],
    })
    const kept = {
      'polling-half-interval': result('holds'),
      'polling-mostly-empty': result('depends'),
      'ws-low-latency': result('does not hold'),
      'ws-no-http-overhead': result('not enough data'),
    }
    localStorage.setItem('wireside-claims', JSON.stringify(kept))
  })
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(`${server.url}/claims`)
    await expect(page.getByText(/4 of \d+ tested/)).toBeVisible()
    for (const summary of await page.locator('summary').all()) await summary.click()
    expect(await seriousFindings(page), theme).toEqual([])
  }
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  expect(console).toEqual([])
})
