import { readFileSync } from 'node:fs'
import type { Page } from 'playwright/test'
import { transportNames } from '../../server/contract/transports.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { seriousFindings } from './axe.ts'
import { test as base, expect } from './test.ts'

/** The network that a person bends on the dashboard: real links of a real server, real lanes on them. */
const test = base.extend<{ server: TestServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  server: async ({}, use) => {
    // Each link on any port that is free.
    const server = await startServer({ links: { ports: [0], host: '127.0.0.1' } })
    await use(server)
    await server.close()
  },
})

const lane = (page: Page, name: string) => page.locator(`[data-lane="${name}"]`)

const figure = (page: Page, name: string, of: string) =>
  lane(page, name)
    .locator(`[data-figure="${of}"]`)
    .evaluate((element) => Number((element as HTMLDataElement).value))

/** What is shown of how a lane came through. */
const recovered = (page: Page, name: string, of: string) =>
  page
    .locator(`[data-recovery="${name}"] [data-figure="${of}"]`)
    .first()
    .evaluate((element) => element.getAttribute('value'))

async function allOpen(page: Page) {
  for (const name of transportNames) await expect(lane(page, name)).toHaveAttribute('data-state', 'open')
}

async function delivered(page: Page, atLeast: number) {
  for (const name of transportNames) {
    await expect.poll(() => figure(page, name, 'delivered'), name).toBeGreaterThanOrEqual(atLeast)
  }
}

async function choose(page: Page, network: string) {
  await page.getByTestId('network').click()
  await page.getByTestId(`network-${network}`).click()
}

/** The ports that the page's lanes were seen to connect to. */
function portsOf(page: Page, server: TestServer): Set<string> {
  const ports = new Set<string>()
  const look = (address: string) => {
    const { port, searchParams } = new URL(address)
    if (searchParams.has('client') && port !== String(server.port)) ports.add(port)
  }
  page.on('request', (request) => look(request.url()))
  page.on('websocket', (socket) => look(socket.url()))
  return ports
}

async function linksOf(server: TestServer): Promise<{ port: number; conditions: object; open: number }[]> {
  const { links } = (await (await fetch(`${server.url}/links`)).json()) as {
    links: { port: number; conditions: object; open: number }[]
  }
  return links
}

test('a preset moves every lane to its link, and entries take the distance; Clear takes them back', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/#rate=10&every=0.25&over=websocket`)
  await allOpen(page)
  const ports = portsOf(page, server)
  await choose(page, '200-ms-away')
  await expect(page.locator('.network')).toHaveAttribute('data-network', '200-ms-away')
  await expect(page).toHaveURL(/network=200-ms-away/)
  await allOpen(page)
  const [link] = await linksOf(server)
  expect(link?.conditions).toEqual({ rtt: 200 })
  expect([...ports]).toEqual([String(link?.port)])
  await expect(page.locator('.network')).toContainText(/no packet loss, no slow start/)

  await page.getByRole('button', { name: 'Run' }).click()
  await delivered(page, 20)
  await page.getByRole('button', { name: 'Pause' }).click()
  for (const name of transportNames) {
    // Half a round trip up and half of it down: what is published over the link comes back over the link.
    expect(await figure(page, name, 'p50'), name).toBeGreaterThanOrEqual(200)
    expect(await figure(page, name, 'missed'), name).toBe(0)
    expect(await figure(page, name, 'duplicated'), name).toBe(0)
  }
  await expect(lane(page, 'socket-io')).toContainText('on websocket')

  await choose(page, 'clear')
  await expect(page.locator('.network')).not.toHaveAttribute('data-port')
  await expect(page).not.toHaveURL(/network=/)
  await allOpen(page)
  ports.clear()
  const before = await figure(page, 'short-polling', 'requests')
  await expect.poll(() => figure(page, 'short-polling', 'requests')).toBeGreaterThan(before + 4)
  expect([...ports]).toEqual([])
  expect(console).toEqual([])
})

test('the address restores the network, set by hand too; what it publishes first is a warm-up, once', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/#network=rtt-40_idle-30&every=0.25`)
  await allOpen(page)
  expect((await linksOf(server)).map(({ conditions }) => conditions)).toEqual([{ rtt: 40, idleCut: 30 }])
  const texts = async () => {
    const { entries } = (await (await fetch(`${server.url}/short-polling/lobby?after=0`)).json()) as {
      entries: { text: string }[]
    }
    return entries.map(({ text }) => text).sort()
  }
  const warmUps = ['Warm-up of Long polling', 'Warm-up of SSE', 'Warm-up of Short polling']
  await expect.poll(texts).toEqual(warmUps)
  await page.getByTestId('network').click()
  await expect(page.getByTestId('rtt')).toHaveAttribute('aria-valuetext', '40 ms')
  await page.getByTestId('refuse').check()
  await expect(page).toHaveURL(/network=rtt-40_refuse_idle-30/)
  await expect(page.locator('.network')).toHaveAttribute('data-network', 'rtt-40_refuse_idle-30')
  await expect(lane(page, 'sse')).toHaveAttribute('data-state', 'open')
  // On the next link the same drafts are repeats, which add nothing.
  await expect.poll(() => figure(page, 'sse', 'delivered')).toBeGreaterThanOrEqual(3)
  expect(await texts()).toEqual(warmUps)
})

test('cut for 5 s with traffic on, every lane is back by itself, and nothing is missed or doubled', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/#rate=10&every=0.25`)
  await allOpen(page)
  await page.getByRole('button', { name: 'Run' }).click()
  await delivered(page, 10)
  const ports = portsOf(page, server)
  await page.getByTestId('cut-all').click()
  // There was no link to cut: the page says that it made one first.
  await expect(page.locator('.recoveries')).toContainText('moved to a clear link first')
  await expect(page).toHaveURL(/network=recorded/)
  await expect(page.getByTestId('recovered')).toHaveText(/^Not back yet: .*WebSocket/)
  await expect(page.getByTestId('recovered')).toHaveText(/^All are back/, { timeout: 60_000 })
  expect(ports.size).toBe(1)
  for (const name of transportNames) {
    expect(Number(await recovered(page, name, 'after')), name).toBeGreaterThanOrEqual(5_000)
  }
  // Entries go on, to the same place on all.
  const seq = Math.max(...(await Promise.all(transportNames.map((name) => figure(page, name, 'lastSeq')))))
  for (const name of transportNames) {
    await expect.poll(() => figure(page, name, 'lastSeq'), name).toBeGreaterThan(seq + 10)
    expect(Number(await recovered(page, name, 'delivered')), name).toBeGreaterThan(0)
    expect(await recovered(page, name, 'missed'), name).toBe('0')
    expect(await recovered(page, name, 'duplicated'), name).toBe('0')
    // Since Run: the move to the link, with traffic on, took nothing and repeated nothing either.
    expect(await figure(page, name, 'missed'), name).toBe(0)
    expect(await figure(page, name, 'duplicated'), name).toBe(0)
  }

  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('button', { name: 'JSON' }).click()
  const { disturbances } = JSON.parse(readFileSync(await (await download).path(), 'utf8'))
  expect(disturbances).toHaveLength(1)
  expect(disturbances[0].lanes).toHaveLength(5)
  expect(disturbances[0].lanes[0].backAfterMs).toBeGreaterThanOrEqual(5_000)
})

test('one lane is cut, stalled or loses a response, and only it is in the table', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/#rate=10&every=0.25&network=recorded&over=sse`)
  await allOpen(page)
  await page.getByRole('button', { name: 'Run' }).click()
  await delivered(page, 5)
  for (const how of ['fin', 'rst']) {
    await page.getByTestId('faults-websocket').click()
    await page.getByTestId('how').selectOption(how)
    await page.getByTestId('cut-one').click()
    await expect(page.locator('#recoveries-title')).toHaveText(`WebSocket: cut by ${how.toUpperCase()}`)
    await expect(page.getByTestId('recovered')).toHaveText(/^It is back.*missed 0, duplicated 0/)
  }
  await page.getByTestId('faults-websocket').click()
  await page.getByTestId('stall-one').click()
  await expect(page.getByTestId('recovered')).toHaveText(/^It is back after 2\.\d+ s; missed 0, duplicated 0/)
  await page.getByTestId('faults-short-polling').click()
  await page.getByTestId('drop-one').click()
  await expect(page.locator('#recoveries-title')).toHaveText('Short polling: one response dropped')
  await expect(page.getByTestId('recovered')).toHaveText(/^It is back.*missed 0, duplicated 0/)
  await expect(page.locator('.recoveries > table [data-recovery]')).toHaveCount(1)
})

test('behind the school firewall Socket.IO stays on polling, and the WebSocket lane says what is inferred', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/#rate=10&every=0.25&over=sse&network=school-firewall`)
  await expect(lane(page, 'socket-io')).toContainText('on polling (upgrade refused)')
  await expect(lane(page, 'websocket')).toContainText(/Plain HTTP works here, the upgrade does not/)
  await expect(lane(page, 'websocket')).toContainText(/Inferred: a page sees only close code 1006/)
  await expect(lane(page, 'websocket')).toHaveAttribute('data-state', /connecting/)
  await page.getByRole('button', { name: 'Run' }).click()
  for (const name of ['short-polling', 'long-polling', 'sse', 'socket-io']) {
    await expect.poll(() => figure(page, name, 'delivered'), name).toBeGreaterThanOrEqual(10)
  }
  // Elsewhere it opens, and the suspicion is gone.
  await choose(page, 'clear')
  await expect(lane(page, 'websocket')).toHaveAttribute('data-state', 'open')
  await expect(lane(page, 'websocket')).not.toContainText(/Plain HTTP/)
  await expect(lane(page, 'socket-io')).toContainText('on websocket')
})

test('a click on an arrow opens its bytes; a lane without a link is offered one', async ({
  page,
  server,
  console,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`${server.url}/#rate=10&every=0.25&over=websocket`)
  await allOpen(page)
  await page.getByRole('button', { name: 'Run' }).click()
  await delivered(page, 10)
  // Near the right end of the WebSocket lane, where arrows have just been drawn.
  const canvas = lane(page, 'websocket').locator('canvas')
  const click = async () => {
    const { width = 0, height = 0 } = (await canvas.boundingBox()) ?? {}
    await canvas.click({ position: { x: width - 40, y: height * 0.6 } })
  }
  const inspection = page.getByTestId('inspection')
  await click()
  await expect(inspection).toContainText('WebSocket talks to the server directly')
  await inspection.getByRole('button', { name: 'Record' }).click()
  await expect(page.locator('.network')).toHaveAttribute('data-network', 'recorded')
  await allOpen(page)
  const at = await figure(page, 'websocket', 'delivered')
  // So long that what is clicked on crossed on the link.
  await expect.poll(() => figure(page, 'websocket', 'delivered')).toBeGreaterThan(at + 30)
  await click()
  await expect(inspection.locator('.dump')).toBeVisible()
  await expect(inspection.locator('.dump')).toContainText(/[0-9a-f]{2} [0-9a-f]{2}/)
  await expect(inspection).not.toContainText('keeps nothing from near')
  // A message may speak of closing, too.
  await inspection.getByRole('button', { name: 'Close', exact: true }).click()
  await expect(inspection).toHaveCount(0)

  // By keyboard, from the table of events.
  await page.keyboard.press('4')
  await page.getByText('Events of WebSocket, as a table').click()
  await page.getByRole('button', { name: 'Pause' }).click()
  const bytes = page.getByRole('button', { name: /^Bytes of .* message/ }).first()
  await bytes.focus()
  await page.keyboard.press('Enter')
  await expect(inspection.locator('.dump')).toBeVisible()
  expect(console).toEqual([])
})

test('where no link is to be had the page says why, and stays direct', async ({ page }) => {
  const server = await startServer({ links: { ports: [], host: '127.0.0.1' } })
  try {
    await page.goto(`${server.url}/#network=3g`)
    await expect(page.getByTestId('network-trouble')).toContainText('started without ports for links')
    await allOpen(page)
    await expect(page).not.toHaveURL(/network=/)
  } finally {
    await server.close()
  }
})

test('where a link’s port is out of reach the page says so, and stays direct', async ({ page, server }) => {
  await page.route(
    (url) => url.pathname === '/health' && url.port !== String(server.port),
    (route) => route.abort('connectionrefused'),
  )
  await page.goto(`${server.url}/`)
  await allOpen(page)
  await choose(page, 'home-wifi')
  await expect(page.getByTestId('network-trouble')).toContainText(/cannot reach port \d+ of 127\.0\.0\.1/)
  await expect(page.getByTestId('network-trouble')).toContainText('directly')
  await allOpen(page)
  expect((await linksOf(server)).every(({ open }) => open === 0)).toBe(true)
})

test('a link that is gone is made anew, and the lanes go on there', async ({ page, server }) => {
  await page.goto(`${server.url}/#rate=10&every=0.25&network=recorded`)
  await allOpen(page)
  const [before] = await linksOf(server)
  await fetch(`${server.url}/links/${before?.port}`, { method: 'DELETE' })
  await expect.poll(async () => (await linksOf(server))[0]?.port).not.toBe(before?.port)
  await allOpen(page)
  await page.getByRole('button', { name: 'Run' }).click()
  await delivered(page, 5)
  for (const name of transportNames) expect(await figure(page, name, 'missed'), name).toBe(0)
})

test('axe finds nothing serious on a bent network, in light and in dark, and a phone scrolls one way only', async ({
  page,
  server,
}) => {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(`${server.url}/?${theme}#rate=5&every=0.25&network=rtt-20_idle-30`)
    await allOpen(page)
    await page.getByRole('button', { name: 'Run' }).click()
    await delivered(page, 3)
    await page.getByTestId('faults-sse').click()
    expect(await seriousFindings(page), theme).toEqual([])
    await page.getByTestId('cut-one').click()
    await expect(page.getByTestId('recovered')).toHaveText(/^It is back/)
    await page.getByTestId('network').click()
    expect(await seriousFindings(page), theme).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByText('Events of Short polling, as a table').click()
    await page
      .getByRole('button', { name: /^Bytes of/ })
      .first()
      .click()
    await expect(page.getByTestId('inspection').locator('.dump')).toBeVisible()
    expect(await seriousFindings(page), theme).toEqual([])
  }
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})
