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
