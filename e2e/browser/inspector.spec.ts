import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import { connectReader } from '../support/client.ts'
import { startTee } from '../support/tee.ts'
import { expect, test } from './test.ts'

/** The inspector as a person meets it, with a capture of a WebSocket lane that really ran. */
async function openCapture(page: Page, server: { url: string; port: number }): Promise<string> {
  const tee = await startTee(server.port)
  const reader = connectReader('websocket', { url: tee.url, client: 'ada' })
  await reader.open()
  await reader.publish({ text: 'hello there' })
  await reader.has(1)
  reader.close()
  const capture = JSON.stringify({ port: tee.port, connections: tee.connections })
  await tee.close()
  await page.goto(`${server.url}/inspector`)
  const file = { name: 'capture.json', mimeType: 'application/json', buffer: Buffer.from(capture) }
  await page.getByLabel('Open a saved capture').setInputFiles(file)
  return capture
}

test('a masked frame is found by its text, its bytes are shaded, and each part is explained', async ({
  page,
  server,
  console,
}) => {
  await openCapture(page, server)
  await page.getByPlaceholder('in titles and bytes').fill('hello there')
  const messages = page.getByRole('listbox', { name: 'Messages' }).getByRole('option')
  await expect(messages).toHaveCount(2)
  await messages.filter({ hasText: 'masked · publish' }).click()
  const detail = page.getByRole('article')
  await expect(detail.getByRole('heading', { level: 2 })).toHaveText(
    /^frame text, \d+ bytes, masked · publish$/,
  )

  await detail.getByRole('button', { name: /masking key/ }).focus()
  await expect(detail).toContainText('RFC 6455 §5.3')
  await expect(detail.locator('.dump .hex [data-active]')).toHaveText(/^[0-9a-f]{2}( [0-9a-f]{2}){3}$/)

  // Masked, the text cannot be read; unmasked it can, over several lines of the dump.
  const text = async () => (await detail.locator('.dump .text').allTextContents()).join('')
  expect(await text()).not.toContain('hello there')
  await detail.getByLabel('unmask').check()
  await expect.poll(text).toContain('"text":"hello there"')
  await detail.locator('.dump .text [data-kind="payload"]').first().hover()
  await expect(detail.locator('.explained')).toContainText('draft · payload')

  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)).toEqual([])
  expect(console).toEqual([])
})

test('keys go through the messages and into the bytes; what was opened can be saved', async ({
  page,
  server,
}) => {
  const capture = await openCapture(page, server)
  const list = page.getByRole('listbox', { name: 'Messages' })
  await list.focus()
  const chosen = list.getByRole('option', { selected: true })
  await page.keyboard.press('ArrowDown')
  await expect(chosen).toHaveText(/TCP connection opened/)
  await page.keyboard.press('ArrowDown')
  await expect(chosen).toHaveText(/GET \/websocket\/lobby/)
  await page.keyboard.press('ArrowDown')
  await expect(chosen).toHaveText(/101 Switching Protocols/)
  await page.keyboard.press('ArrowUp')
  await expect(chosen).toHaveText(/GET \/websocket\/lobby/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article')).toBeFocused()

  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save capture' }).click()
  expect(JSON.parse(await readFile(await (await saved).path(), 'utf8'))).toEqual(JSON.parse(capture))
})

test('a file that is no capture is told apart in a sentence', async ({ page, server }) => {
  await page.goto(`${server.url}/inspector`)
  const file = { name: 'notes.json', mimeType: 'application/json', buffer: Buffer.from('{"port":1}') }
  await page.getByLabel('Open a saved capture').setInputFiles(file)
  await expect(page.getByRole('alert')).toHaveText(/no capture/)
})
