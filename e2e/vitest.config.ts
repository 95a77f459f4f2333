import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Everything that runs without a browser: unit tests beside their source, and the suites of this folder. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['{server,web,scenarios,e2e}/**/*.test.{ts,tsx}'],
    exclude: ['e2e/browser/**', 'node_modules/**', 'dist/**'],
    // Most of a test is waiting, so two at once do well on two cores, where there would be one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Room for a slow machine; a test ends when its condition holds, not when time is up.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
