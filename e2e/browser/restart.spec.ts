import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { transportNames } from '../../server/contract/transports.ts'
import { freePorts } from '../support/ports.ts'
import { type Program, start } from '../support/process.ts'
import { test as base, expect } from './test.ts'

/** A real program, as a teacher starts it, restarted from its own dashboard. */
interface Fixtures {
  launch(...flags: string[]): Promise<{ url: string; program: Program }>
  folder: string
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  launch: async ({}, use) => {
    const programs: Program[] = []
    await use(async (...flags) => {
      const [port] = await freePorts(1)
      const program = start(['--port', '0', '--links', `${port}`, ...flags])
      programs.push(program)
      return { program, url: await program.ready() }
    })
    for (const program of programs) program.kill()
  },
  // biome-ignore lint/correctness/noEmptyPattern: see above.
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'wireside-restart-'))
    await use(folder)
    rmSync(folder, { recursive: true })
  },
})

const lane = (page: Page, name: string) => page.locator(`[data-lane="${name}"]`)

async function allOpen(page: Page) {
  for (const name of transportNames) await expect(lane(page, name)).toHaveAttribute('data-state', 'open')
}

const recovered = (page: Page, name: string, of: string) =>
  page.locator(`[data-recovery="${name}"] [data-figure="${of}"]`).first().getAttribute('value')

/** Runs sample traffic, restarts the server, and waits until all lanes read on. */
async function restartUnderTraffic(page: Page) {
  await allOpen(page)
  await page.getByRole('button', { name: 'Run' }).click()
  for (const name of transportNames) {
    const delivered = lane(page, name).locator('[data-figure="delivered"]')
    await expect.poll(async () => Number(await delivered.getAttribute('value')), name).toBeGreaterThan(5)
  }
  await page.getByTestId('restart').click()
  await expect(page.locator('#recoveries-title')).toHaveText('The server was restarted')
  await expect(page.getByTestId('restart')).toHaveText('Restart server')
  await expect(page.getByTestId('recovered')).toHaveText(/^All are back.*missed 0, duplicated 0/)
  for (const name of transportNames) {
    await expect.poll(async () => Number(await recovered(page, name, 'delivered')), name).toBeGreaterThan(5)
    expect(Number(await recovered(page, name, 'after')), name).toBeGreaterThan(0)
    expect(await recovered(page, name, 'missed'), name).toBe('0')
    expect(await recovered(page, name, 'duplicated'), name).toBe('0')
  }
}

test('restarted in mid-traffic, every lane is back by itself and has lost nothing: entries are on disk', async ({
  page,
  launch,
  folder,
}) => {
  const { url, program } = await launch('--data', folder)
  await page.goto(`${url}/#rate=10&every=0.25`)
  await restartUnderTraffic(page)
  await expect(page.locator('.recoveries')).not.toContainText('gap')
  await expect(page.locator('.recoveries')).not.toContainText('began anew')
  expect(program.stderr).toBe('Restarted.\n')
})

test('on a link, which ends with the server, the lanes go on over one like it', async ({
  page,
  launch,
  folder,
}) => {
  const { url } = await launch('--data', folder)
  await page.goto(`${url}/#rate=10&every=0.25&network=rtt-20`)
  await restartUnderTraffic(page)
  await expect(page.locator('.network')).toHaveAttribute('data-network', 'rtt-20')
  const { links } = (await (await fetch(`${url}/links`)).json()) as { links: { conditions: object }[] }
  expect(links).toMatchObject([{ conditions: { rtt: 20 } }])
})

test('in memory the log begins anew: every lane hears of a gap, and the page says why', async ({
  page,
  launch,
}) => {
  const { url } = await launch('--data', 'memory')
  await page.goto(`${url}/#rate=10&every=0.25`)
  await allOpen(page)
  await expect(page.getByTestId('restart')).toHaveAttribute('title', /in memory: the log begins anew/)
  await restartUnderTraffic(page)
  await expect(page.locator('.recoveries')).toContainText('entries were in memory, so the log began anew')
  await expect(page.locator('.recoveries')).toContainText('a gap was announced')
})

test('where it is not allowed the button says why, and does nothing', async ({ page, launch }) => {
  const { url, program } = await launch('--allow-restart', 'nobody')
  await page.goto(`${url}/`)
  await allOpen(page)
  const button = page.getByTestId('restart')
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await button.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('network-trouble')).toHaveText(
    'This server was started with --allow-restart nobody.',
  )
  await allOpen(page)
  expect(program.stderr).toBe('')
})
