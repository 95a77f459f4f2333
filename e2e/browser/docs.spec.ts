import { findings } from './axe.ts'
import { expect, test } from './test.ts'

test('on a phone the API page is whole: nothing lies beyond its edge, no choice is cut off', async ({
  page,
  server,
  console,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${server.url}/docs`)
  for (const path of ['/short-polling/{room}', '/links/{port}/cut', '/restart']) {
    const summary = page.locator('.opblock-summary', { has: page.locator(`[data-path="${path}"]`) })
    await summary.last().click()
  }
  const open = page.locator('.opblock.is-open')
  await expect(open).toHaveCount(3)
  await expect(open.first().locator('.responses-table')).toBeVisible()
  await expect(open.nth(0)).toContainText('"text": "hi"')
  const beyond = await open.evaluateAll((blocks) =>
    blocks.flatMap((block) =>
      [...block.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth)
        .map((element) => `${element.tagName} ${element.className}`),
    ),
  )
  expect(beyond).toEqual([])
  // A media type stands in a list as wide as its words.
  for (const width of await open
    .locator('select')
    .evaluateAll((all) => all.map(({ clientWidth }) => clientWidth)))
    expect(width).toBeGreaterThan(140)
  expect(console).toEqual([])
})

test('the API page leads to the sockets, which show each message that the document has', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/docs`)
  const link = page.getByRole('link', { name: 'The two sockets, message by message' })
  expect(await link.getAttribute('href')).toBe('/docs/sockets')
  await page.goto(`${server.url}/docs/sockets`)
  await expect(page.getByRole('heading', { level: 2 })).toHaveText([
    'WebSocket',
    'Socket.IO',
    'Socket.IO, the lab',
  ])
  const { components } = await (await page.request.get(`${server.url}/docs/asyncapi.json`)).json()
  const ids = await page.locator('article.message').evaluateAll((all) => all.map(({ id }) => id))
  expect(ids.sort()).toEqual(Object.keys(components.messages).sort())

  const said = page.locator('section[aria-labelledby="chat"] [data-from="client"]')
  await expect(said.locator('h4 code')).toHaveText(['connect', 'join', 'leave', 'publish', 'typing', 'away'])
  const join = page.locator('[id="chat.join"]')
  await expect(join).toContainText('42/chat,7["join",{"room":"lobby","after":"k3f9.41","presence":true}]')
  await expect(join.getByRole('row', { name: /^after\? string \| null one cursor/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /^4403 The reader is no longer a member/ })).toBeVisible()
  await join.getByRole('link', { name: 'joined' }).click()
  await expect(page.locator('[id="chat.joined"]')).toBeInViewport()
  await page.getByText('The handshake: what it may carry').first().click()
  await expect(page.getByRole('row', { name: /^421 unknown-host/ })).toBeVisible()

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await findings(page)).toEqual([])
  }
  expect(console).toEqual([])
})

test('the page of the sockets fits a phone and a projector', async ({ page, server, console }) => {
  await page.goto(`${server.url}/docs/sockets`)
  await expect(page.getByRole('heading', { level: 2 })).toHaveCount(3)
  for (const details of await page.locator('details > summary').all()) await details.click()
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  await page.keyboard.press('p')
  await expect(page.locator('[data-projector="true"]')).toBeVisible()
  expect(await overflow()).toBeLessThanOrEqual(0)
  await page.keyboard.press('p')
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overflow()).toBeLessThanOrEqual(0)
  const beyond = await page
    .locator('main *:not(.unseen, thead, thead *)')
    .evaluateAll((all) =>
      all
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .map((each) => each.outerHTML.slice(0, 80)),
    )
  expect(beyond).toEqual([])
  expect(await findings(page)).toEqual([])
  expect(console).toEqual([])
})
