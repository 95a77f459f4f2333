import { test as base, expect } from 'playwright/test'
import { startServer, type TestServer } from '../support/server.ts'

/** A test with a server of its own, and a console in which nothing unexpected may appear. */
export const test = base.extend<{ server: TestServer; console: string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  server: async ({}, use) => {
    const server = await startServer()
    await use(server)
    await server.close()
  },
  console: async ({ page }, use) => {
    const lines: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') lines.push(message.text())
    })
    page.on('pageerror', (error) => lines.push(String(error)))
    await use(lines)
  },
})

export { expect }
