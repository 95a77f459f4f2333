import { readFileSync } from 'node:fs'
import type { Page } from 'playwright/test'
import { idleConnections } from '../../scenarios/catalogue/idle-connections.ts'
import { quietRoom } from '../../scenarios/catalogue/quiet-room.ts'
import { transportNames } from '../../server/contract/transports.ts'
import type { Entry } from '../../server/contract/wire.ts'
import { until } from '../support/until.ts'
import { seriousFindings } from './axe.ts'
import { expect, test } from './test.ts'

/** The dashboard's scenarios: what is chosen is what crosses the wire. */
const picker = (page: Page) => page.getByTestId('scenario')

async function choose(page: Page, name: string): Promise<void> {
  await picker(page).click()
  await page.getByTestId(`scenario-${name}`).click()
  await expect(page.locator('#scenarios')).toBeHidden()
}

async function allOpen(page: Page): Promise<void> {
  for (const name of transportNames) {
    await expect(page.locator(`[data-lane="${name}"]`)).toHaveAttribute('data-state', 'open')
  }
}

/** Everything that was said in the lobby so far. */
const said = async (url: string): Promise<Entry[]> =>
  (await (await fetch(`${url}/short-polling/lobby?after=0`)).json()).entries

test('choosing a scenario sets the traffic, asks its question, and its link reproduces it', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/`)
  await allOpen(page)
  await expect(picker(page)).toContainText('Free play')
  await choose(page, 'quiet-room')
  await expect(picker(page)).toContainText('Quiet room')
  const card = page.getByRole('region', { name: quietRoom.question })
  await expect(card).toBeVisible()
  await expect(page).toHaveURL(/#scenario=quiet-room$/)
  await expect(page.locator('.traffic output')).toHaveText('1 a second')
  await page.getByText('What to look at').click()
  await expect(page.getByText(/1 reader a transport instead of 20/)).toBeVisible()
  await expect(card.getByText('npm run bench -- run quiet-room')).toBeVisible()

  await page.getByTestId('every').selectOption('5')
  await expect(page).toHaveURL(/#scenario=quiet-room&every=5$/)
  await expect(page.getByText('Changed by hand.')).toBeVisible()
  await page.reload()
  await allOpen(page)
  await expect(picker(page)).toContainText('Quiet room')
  await expect(page.getByTestId('every')).toHaveValue('5')
  await page.getByRole('button', { name: 'As the scenario says' }).click()
  await expect(page.getByTestId('every')).toHaveValue('1')
  await expect(page.getByText('Changed by hand.')).toBeHidden()
  await choose(page, 'free')
  await expect(card).toBeHidden()
  expect(console).toEqual([])
})

test('a burst is said at one instant, as the scenario asks', async ({ page, server, console }) => {
  await page.goto(`${server.url}/#scenario=burst&running=1`)
  await until('two bursts were said', async () => (await said(server.url)).length >= 40)
  await page.getByRole('button', { name: 'Pause' }).click()
  const sizes = new Map<number | undefined, number>()
  for (const { sentAt } of await said(server.url)) sizes.set(sentAt, (sizes.get(sentAt) ?? 0) + 1)
  expect([...sizes.values()].slice(0, 2)).toEqual([20, 20])
  expect(console).toEqual([])
})

test('the cases of a scenario are steps: the next one is what is said from then on', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/#scenario=long-messages&running=1`)
  const lengths = async () => (await said(server.url)).map(({ text }) => text.length)
  await until('something short was said', async () => (await lengths()).includes(100))
  await page.getByRole('button', { name: /4,000 bytes/ }).click()
  await expect(page).toHaveURL(/payload=4000/)
  await until('something long was said', async () => (await lengths()).includes(4_000))
  expect(new Set(await lengths())).toEqual(new Set([100, 4_000]))
})

test('what a page cannot run is offered with the reason and the command', async ({ page, server }) => {
  await page.goto(`${server.url}/`)
  await picker(page).click()
  const offer = page.getByTestId('scenario-idle-connections')
  await expect(offer).toContainText(idleConnections.notInBrowser ?? 'a reason')
  await expect(offer).toContainText('npm run bench -- run idle-connections')
  await expect(offer.getByRole('button')).toHaveText(['Copy'])
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    expect(await seriousFindings(page, '#scenarios'), theme).toEqual([])
  }
  await page.keyboard.press('Escape')
  await expect(page.locator('#scenarios')).toBeHidden()
})

test('on loopback the time since the server had an entry stands beside its delivery', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/#rate=10&every=0.25&running=1`)
  await allOpen(page)
  await expect(page.getByRole('columnheader', { name: /since the server had it/ })).toBeVisible()
  await until('twenty entries were said', async () => (await said(server.url)).length >= 20)
  await page.getByRole('button', { name: 'Pause' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('button', { name: 'JSON' }).click()
  const { lanes } = JSON.parse(readFileSync(await (await download).path(), 'utf8'))
  expect(lanes).toHaveLength(5)
  for (const { transport, figures } of lanes) {
    // A part of the delivery, but for the millisecond that two programs may read one clock apart.
    expect(figures.sinceServer.value, transport).toBeLessThanOrEqual(figures.p50.value + 2)
    expect(figures.sinceServer.value, transport).toBeGreaterThan(-2)
    expect(figures.sinceServer.by).toMatch(/loopback/)
  }
})
