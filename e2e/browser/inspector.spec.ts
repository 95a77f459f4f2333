import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import type { Capture } from '../../server/contract/link.ts'
import { pathOf, type TransportName, transportNames } from '../../server/contract/transports.ts'
import { dissect } from '../../web/inspector/dissect.ts'
import { sums } from '../../web/inspector/message.ts'
import { connectReader } from '../support/client.ts'
import { startServer } from '../support/server.ts'
import { shadingOf } from '../support/shading.ts'
import { startTee } from '../support/tee.ts'
import { seriousFindings } from './axe.ts'
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
  const opened = page.getByRole('option', { name: 'TCP connection opened' })
  await expect(opened).toBeVisible()
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

  expect(await seriousFindings(page)).toEqual([])
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

test('filter, search, copy and save go by the keyboard alone', async ({ page, server, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const capture = await openCapture(page, server)
  const messages = page.getByRole('listbox', { name: 'Messages' }).getByRole('option')
  const all = await messages.count()
  const focused = (name: RegExp) => expect(page.getByRole('button', { name })).toBeFocused()
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
  /** What is saved by Enter on the button that has the focus. */
  const saved = async () => {
    const download = page.waitForEvent('download')
    await page.keyboard.press('Enter')
    return readFile(await (await download).path())
  }

  // From the file's field on, Tab leads through the tools in the order in which they stand.
  await page.getByLabel('Open a saved capture').focus()
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('From')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(messages.filter({ hasText: '101 Switching Protocols' })).toHaveCount(0)
  const fromClient = await messages.count()
  expect(fromClient).toBeLessThan(all)
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('With')).toBeFocused()
  await page.keyboard.type('payload')
  await expect(messages).toHaveCount(1)
  await page.keyboard.press('Home')
  await expect(messages).toHaveCount(fromClient)
  await page.keyboard.press('Tab')
  await page.keyboard.type('hello there')
  await expect(messages).toHaveCount(1)
  await page.keyboard.press('Tab')
  await focused(/^Save capture$/)
  expect(JSON.parse((await saved()).toString())).toEqual(JSON.parse(capture))

  await page.keyboard.press('Tab')
  await expect(page.getByRole('listbox', { name: 'Messages' })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(messages.first()).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article')).toBeFocused()
  await page.keyboard.press('Tab')
  await focused(/^Copy hex$/)
  await page.keyboard.press('Enter')
  await focused(/^Copied$/)
  const hex = (await clipboard()).replaceAll(/\s/g, '')
  // A text frame, masked: the client's publish.
  expect(hex).toMatch(/^81(fe|[89a-e])/)
  await page.keyboard.press('Tab')
  await focused(/^Copy text$/)
  await page.keyboard.press('Enter')
  await expect.poll(clipboard).toContain('"text":"hello there"')
  await page.keyboard.press('Tab')
  await focused(/^Save as \.bin$/)
  expect((await saved()).toString('hex')).toBe(hex)
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('unmask')).toBeFocused()
  await page.keyboard.press('Space')
  await expect(page.getByRole('article').locator('.dump')).toContainText('hello there'.slice(0, 4))
})

test('of lanes that ran in Chromium the shading adds up to the meter’s figures, on all five wires', async ({
  page,
}) => {
  const server = await startServer({ links: { ports: [0], host: '127.0.0.1' } })
  try {
    const clients = new Map<string, string>()
    const look = (address: string) => {
      const { pathname, searchParams } = new URL(address)
      const client = searchParams.get('client')
      const name = transportNames.find((transport) => pathname.startsWith(`${pathOf[transport]}/`))
      if (client !== null && name) clients.set(name, client)
    }
    page.on('request', (request) => look(request.url()))
    page.on('websocket', (socket) => look(socket.url()))
    await page.goto(`${server.url}/#network=recorded&rate=10&every=0.25`)
    for (const name of transportNames)
      await expect(page.locator(`[data-lane="${name}"]`)).toHaveAttribute('data-state', 'open')
    await page.getByRole('button', { name: 'Run' }).click()
    for (const name of transportNames) {
      const delivered = page.locator(`[data-lane="${name}"] [data-figure="delivered"]`)
      await expect.poll(async () => Number(await delivered.getAttribute('value')), name).toBeGreaterThan(15)
    }
    await page.getByRole('button', { name: 'Pause' }).click()
    const { links } = (await (await fetch(`${server.url}/links`)).json()) as { links: { port: number }[] }
    expect(links).toHaveLength(1)
    await page.close()
    expect([...clients.keys()].sort()).toEqual([...transportNames].sort())

    for (const [name, client] of clients) {
      const url = `${server.url}/links/${links[0]?.port}/capture?client=${client}`
      const shading = async () => {
        const { connections } = (await (await fetch(url)).json()) as Capture
        expect(connections.every(({ forgotten }) => forgotten.client + forgotten.server === 0)).toBe(true)
        return sums(connections.flatMap(dissect))
      }
      const metered = async () => {
        const tallies = await server.meter(client)
        return shadingOf(tallies[name as TransportName])
      }
      // A page that closes still says good-bye: the link hears of it first, the meter a moment later.
      await expect(async () => expect(await metered(), name).toEqual(await shading())).toPass({
        timeout: 30_000,
      })
      const { client: up, server: down } = await shading()
      expect(up.head, name).toBeGreaterThan(0)
      expect(up.payload, name).toBeGreaterThan(0)
      expect(down.payload, name).toBeGreaterThan(0)
    }
  } finally {
    await server.close()
  }
})

test('a file that is no capture is told apart in a sentence', async ({ page, server }) => {
  await page.goto(`${server.url}/inspector`)
  const file = { name: 'notes.json', mimeType: 'application/json', buffer: Buffer.from('{"port":1}') }
  await page.getByLabel('Open a saved capture').setInputFiles(file)
  await expect(page.getByRole('alert')).toHaveText(/no capture/)
})
