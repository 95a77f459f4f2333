import { readFileSync } from 'node:fs'
import type { Page } from 'playwright/test'
import { transportNames } from '../../server/contract/transports.ts'
import { seriousFindings } from './axe.ts'
import { expect, test } from './test.ts'

/** The dashboard as a person meets it: the real page, the real server, every lane on its own wire. */
const lane = (page: Page, name: string) => page.locator(`[data-lane="${name}"]`)

const figure = (page: Page, name: string, of: string) =>
  lane(page, name)
    .locator(`[data-figure="${of}"]`)
    .evaluate((element) => Number((element as HTMLDataElement).value))

async function allOpen(page: Page) {
  for (const name of transportNames) await expect(lane(page, name)).toHaveAttribute('data-state', 'open')
}

/** Every lane has delivered at least this much, counted since Run or Reset. */
async function delivered(page: Page, atLeast: number) {
  for (const name of transportNames) {
    await expect.poll(() => figure(page, name, 'delivered'), name).toBeGreaterThanOrEqual(atLeast)
  }
}

test('a typed message arrives over all five wires as the very same entry', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/`)
  await allOpen(page)
  await page.getByPlaceholder(/say something/i).fill('hello, five wires')
  await page.getByRole('button', { name: 'Send' }).click()
  await delivered(page, 1)
  for (const name of transportNames) expect(await figure(page, name, 'lastSeq'), name).toBe(1)
  await expect(page.getByText('hello, five wires')).toBeVisible()
  expect(console).toEqual([])
})

test('with traffic on, all lanes deliver the same seqs, none missed and none doubled', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/#rate=20&every=0.25`)
  await allOpen(page)
  await page.getByRole('button', { name: 'Run' }).click()
  await delivered(page, 60)
  await page.getByRole('button', { name: 'Pause' }).click()
  const head = async () =>
    (await (await fetch(`${server.url}/short-polling/lobby`)).json()).entries.at(-1).seq as number
  const last = await head()
  for (const name of transportNames) {
    await expect.poll(() => figure(page, name, 'lastSeq'), name).toBe(last)
    expect(await figure(page, name, 'delivered'), name).toBe(last)
    expect(await figure(page, name, 'missed'), name).toBe(0)
    expect(await figure(page, name, 'duplicated'), name).toBe(0)
    expect(await figure(page, name, 'p50'), name).toBeGreaterThan(0)
    await expect.poll(() => figure(page, name, 'bytes'), name).toBeGreaterThan(0)
  }
  // Socket.IO began on polling; it says what it ended on.
  await expect(lane(page, 'socket-io')).toContainText('on websocket')
  expect(console).toEqual([])
})

test('what the page shows and exports of bytes is what crossed, and says who measured it', async ({
  page,
  server,
}) => {
  // One lane publishes, so that the payload of the others is the entries and nothing else.
  await page.goto(`${server.url}/#rate=10&every=0.25&over=sse`)
  await allOpen(page)
  await page.getByRole('button', { name: 'Run' }).click()
  await delivered(page, 20)
  await page.getByRole('button', { name: 'Pause' }).click()
  const { entries } = (await (await fetch(`${server.url}/short-polling/lobby?after=0`)).json()) as ReadPage
  const payload = entries.reduce((bytes, entry) => bytes + Buffer.byteLength(JSON.stringify(entry)), 0)

  for (const name of ['short-polling', 'long-polling', 'websocket', 'socket-io']) {
    await expect.poll(async () => (await exported(page, name)).payload?.value, name).toBe(payload)
  }
  const websocket = await exported(page, 'websocket')
  expect(websocket.bytes).toMatchObject({ origin: 'measured', unit: 'bytes' })
  expect(websocket.bytes?.by).toMatch(/server/)
  expect(websocket.heads?.value).toBe(0)
  expect(websocket.bytes?.value).toBeGreaterThan(payload)
  expect(websocket.delivered?.value).toBe(entries.length)
})

type ReadPage = { entries: object[] }
type Figure = { value?: number; origin: string; unit: string; by: string }

/** One lane's figures, out of the JSON a person would download. */
async function exported(page: Page, name: string): Promise<Record<string, Figure>> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  await page
    .getByRole('menuitem', { name: 'JSON' })
    .or(page.getByRole('button', { name: 'JSON' }))
    .click()
  const { lanes } = JSON.parse(readFileSync(await (await download).path(), 'utf8'))
  return lanes.find(({ transport }: { transport: string }) => transport === name).figures
}

test('axe finds nothing serious, in light and in dark, with figures and without', async ({
  page,
  server,
}) => {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(`${server.url}/#rate=5`)
    await allOpen(page)
    expect(await seriousFindings(page), theme).toEqual([])
    await page.getByRole('button', { name: 'Run' }).click()
    await delivered(page, 3)
    expect(await seriousFindings(page), theme).toEqual([])
  }
})

test('two tabs open at once both work', async ({ context, server }) => {
  const tabs = [await context.newPage(), await context.newPage()]
  for (const tab of tabs) await tab.goto(`${server.url}/#every=0.25`)
  for (const tab of tabs) await allOpen(tab)
  await tabs[0]?.getByRole('button', { name: 'Run' }).click()
  for (const tab of tabs) {
    for (const name of transportNames) {
      await expect.poll(() => figure(tab, name, 'lastSeq'), name).toBeGreaterThanOrEqual(5)
    }
  }
})

test('a third visible tab starves, and the page says so and why, until one is closed', async ({
  context,
  server,
}) => {
  const tabs = [await context.newPage(), await context.newPage(), await context.newPage()]
  for (const tab of tabs) await tab.goto(`${server.url}/#every=0.25`)
  const complaint = /six/i
  const starving = () =>
    Promise.all(
      tabs.map((tab) =>
        tab.getByRole('alert').or(tab.getByRole('status')).filter({ hasText: complaint }).count(),
      ),
    )
  await expect.poll(async () => (await starving()).some((count) => count > 0)).toBe(true)
  await tabs[1]?.close()
  tabs.splice(1, 1)
  for (const tab of tabs) await allOpen(tab)
  await expect.poll(async () => (await starving()).every((count) => count === 0)).toBe(true)
})

test('a hidden tab lets go of its connections, and misses nothing when it comes back', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/#every=0.25`)
  await allOpen(page)
  const show = (state: 'hidden' | 'visible') =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
      Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await show('hidden')
  for (const name of transportNames) await expect(lane(page, name)).toHaveAttribute('data-state', 'paused')
  // Not the sockets: the browser keeps those of its polls a while, idle, for the next request.
  const held = () => server.app.websocketServer.clients.size + server.app.io.engine.clientsCount
  await expect.poll(held).toBe(0)
  for (let n = 1; n <= 5; n++) {
    await server.app.inject({ method: 'POST', url: '/sse/lobby', payload: { text: `while away ${n}` } })
  }
  await show('visible')
  await allOpen(page)
  for (const name of transportNames) {
    await expect.poll(() => figure(page, name, 'lastSeq'), name).toBe(5)
    expect(await figure(page, name, 'missed'), name).toBe(0)
  }
})

test('an experiment is a link: the address keeps what was set', async ({ page, server }) => {
  await page.goto(`${server.url}/#room=class-7b&every=0.5`)
  await allOpen(page)
  await expect(page.getByText('#class-7b')).toBeVisible()
  await page.getByTestId('every').selectOption('2')
  await expect(page).toHaveURL(/every=2/)
  await page.reload()
  await allOpen(page)
  await expect(page.getByTestId('every')).toHaveValue('2')
})

test('the keyboard runs it', async ({ page, server }) => {
  await page.goto(`${server.url}/`)
  await allOpen(page)
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Run' })).toBeVisible()
  await page.keyboard.press('3')
  await expect(lane(page, 'sse')).toHaveAttribute('data-selected', 'true')
  await page.keyboard.press('p')
  await expect(page).toHaveURL(/projector/)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
})

test('text of strangers stays text, and the layout holds', async ({ page, server, console }) => {
  const texts = [
    '<img src=x onerror=alert(1)>',
    'x'.repeat(4_000),
    '\u202Ereversed',
    'javascript:alert(1)',
    '🙂'.repeat(2_000),
  ]
  for (const text of texts) {
    await server.app.inject({
      method: 'POST',
      url: '/sse/lobby',
      payload: { text, name: '<b>\u202Eeve</b>'.slice(0, 40) },
    })
  }
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await page.goto(`${server.url}/`)
    await allOpenOrHidden(page)
    await expect(page.getByText('<img src=x onerror=alert(1)>').first()).toBeAttached()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    )
  }
  // Nor does an address make a room of it: what is no room's name is none.
  for (const room of ['<img src=x onerror=alert(1)>', '\u202Eybbol', 'x'.repeat(4_000), '__proto__']) {
    await page.goto('about:blank')
    await page.goto(`${server.url}/#room=${encodeURIComponent(room)}`)
    await expect(page.locator('#chat-title')).toContainText('#lobby')
    expect(await page.locator('img').count()).toBe(0)
  }
  expect(console).toEqual([])
})

/** On a phone one lane is shown at a time; the others are open all the same. */
async function allOpenOrHidden(page: Page) {
  for (const name of transportNames) {
    await expect.poll(() => lane(page, name).getAttribute('data-state'), name).toBe('open')
  }
}
