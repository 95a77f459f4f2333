import { defineConfig } from 'playwright/test'
import { findChromium } from './browser/chromium.ts'

/** Real Chromium against a real server, which each test starts for itself (browser/test.ts). */
export default defineConfig({
  testDir: 'browser',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  // Two files at once, whatever the machine: much of a test is waiting, and lanes are timed, so no more than that.
  workers: 2,
  // A test ends when its condition holds; this is for a machine that is slow and busy at once.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    launchOptions: {
      executablePath: findChromium(),
      args: [
        // Without a user namespace to hide in, as for root in a container, the sandbox cannot start.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-quic',
      ],
    },
    // A trace of every step takes half as long again as the test; `--trace on` asks for one of what has failed.
    screenshot: 'only-on-failure',
  },
})
