import type { Page } from 'playwright/test'
import { transportNames } from '../../server/contract/transports.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { test as base, expect } from './test.ts'

/** What a person wrote while the network was away. */
const test = base.extend<{ server: TestServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  server: async ({}, use) => {
    const server = await startServer({ links: { ports: [0], host: '127.0.0.1' } })
    await use(server)
    await server.close()
  },
})

const lane = (page: Page, name: string) => page.locator(`[data-lane="${name}"]`)

async function write(page: Page, text: string) {
  await page.getByTestId('message').fill(text)
  await page.getByTestId('message').press('Enter')
}

/** Texts of the room, as the log has them. */
async function textsOf(server: TestServer): Promise<string[]> {
  const { entries } = (await (await fetch(`${server.url}/short-polling/lobby?after=0`)).json()) as {
    entries: { text: string }[]
  }
  return entries.map(({ text }) => text).filter((text) => !text.startsWith('Warm-up'))
}

for (const over of transportNames) {
  test(`a message refused during an outage is kept, and sent again over ${over} it is there once`, async ({
    page,
    server,
  }) => {
    await page.goto(`${server.url}/#every=0.25&network=recorded&over=${over}`)
    for (const name of transportNames) await expect(lane(page, name)).toHaveAttribute('data-state', 'open')
    const [link] = ((await (await fetch(`${server.url}/links`)).json()) as { links: { port: number }[] })
      .links
    // A busy machine may need long for what is written meanwhile, so the outage ends when it is told to.
    const refuseFor = (after: number) =>
      fetch(`${server.url}/links/${link?.port}/cut`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ how: 'rst', after }),
      })
    await refuseFor(60_000)
    await write(page, 'did you get this?')
    const unsent = page.getByTestId('unsent')
    await expect(unsent).toContainText('did you get this?')
    await expect(unsent).toContainText(/Not sent over/)
    await expect(page.getByTestId('message')).toHaveValue('')
    // Another is written meanwhile, and its author thinks better of it.
    await write(page, 'never mind')
    await expect(unsent.getByRole('listitem')).toHaveCount(2)
    await unsent.getByRole('button', { name: 'Discard' }).last().click()
    await expect(unsent.getByRole('listitem')).toHaveCount(1)
    await refuseFor(0)

    await expect(lane(page, over)).toHaveAttribute('data-state', 'open')
    await unsent.getByRole('button', { name: 'Send again' }).focus()
    await page.keyboard.press('Enter')
    await expect(unsent).toHaveCount(0)
    expect(await textsOf(server)).toEqual(['did you get this?'])
    for (const name of transportNames) {
      await expect(page.getByTestId('feed').getByText('did you get this?')).toHaveCount(1)
      await expect(lane(page, name).locator('[data-figure="duplicated"]')).toHaveAttribute('value', '0')
    }
  })
}

test('a message whose receipt was lost is not unsent, for it comes', async ({ page, server }) => {
  await page.goto(`${server.url}/#every=0.25&network=recorded&over=websocket`)
  for (const name of transportNames) await expect(lane(page, name)).toHaveAttribute('data-state', 'open')
  await page.getByTestId('faults-websocket').click()
  await page.getByTestId('drop-one').click()
  await expect(page.locator('#recoveries-title')).toHaveText('WebSocket: one response dropped')
  await write(page, 'only the answer is lost')
  await expect(page.getByTestId('feed').getByText('only the answer is lost')).toBeVisible()
  await expect(lane(page, 'websocket')).toHaveAttribute('data-state', 'open')
  await expect(page.getByTestId('recovered')).toHaveText(/^It is back/)
  await expect(page.getByTestId('unsent')).toHaveCount(0)
  expect(await textsOf(server)).toEqual(['only the answer is lost'])
})

test('one that the server would never take goes back to its author', async ({ page, server }) => {
  await page.goto(`${server.url}/#every=0.25`)
  for (const name of transportNames) await expect(lane(page, name)).toHaveAttribute('data-state', 'open')
  await write(page, 'x'.repeat(4_001))
  await expect(page.locator('.composer .problem')).toContainText('4,000')
  await expect(page.getByTestId('message')).toHaveValue('x'.repeat(4_001))
  await expect(page.getByTestId('unsent')).toHaveCount(0)
})
