import { readFileSync } from 'node:fs'
import { folder, snippets } from '../../scenarios/lessons/snippets/index.ts'
import { findings } from './axe.ts'
import { expect, test } from './test.ts'

test('the appendix shows each program as its file stands, and how it is run here', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/learn`)
  await page.getByRole('link', { name: 'the same feed from other languages' }).click()
  await expect(
    page.getByRole('heading', { level: 1, name: 'The same feed from other languages' }),
  ).toBeVisible()
  for (const { file, title, command, scheme = 'http' } of snippets) {
    const program = page
      .locator('article')
      .filter({ has: page.getByRole('heading', { name: title, exact: true }) })
    const text = readFileSync(new URL(`../../${folder}/${file}`, import.meta.url), 'utf8')
    // An empty line is shown as a blank, so that it has its height.
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => line || ' ')
    await expect(program.locator('.code-line')).toHaveText(lines, { useInnerText: false })
    const at = `${scheme}://127.0.0.1:${server.port} lobby`
    await expect(program.locator('.command code')).toContainText(
      `${command.join(' ')} ${folder}/${file} ${at}`,
    )
  }
  await page.getByRole('link', { name: 'Lesson 9' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inside Socket.IO')
  expect(console).toEqual([])
})

test('axe finds nothing serious in the appendix, in light, in dark and projected, and nothing is wider than the window', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/learn/other-languages`)
  await expect(page.locator('.code-line').first()).toBeVisible()
  const check = async () => {
    expect(await findings(page)).toEqual([])
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(beyond).toBeLessThanOrEqual(0)
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 1440, height: 900 })
    await check()
    await page.keyboard.press('p')
    await check()
    await page.keyboard.press('p')
    await page.setViewportSize({ width: 390, height: 844 })
    await check()
  }
})
